/** The destination of messages: parses the broker's address, and opens the broker. */
import type { Logger } from 'pino';
import { BROKERS, BROKER_NAMES, type BrokerName, type BrokerTarget, brokerAt } from '../../../broker/index.js';
import { InvalidOption } from '../../../core/errors/errors.js';
import type { BrokerFlagSettings, Settings } from './settings.js';

/**
 * Opens the broker of `--to`; it connects with the first message.
 * @param option - the option with the address, as errors name it
 * @throws InvalidOption for an invalid address, and for flags of another kind of broker
 */
export function openTarget(settings: Settings, env: NodeJS.ProcessEnv, logger: Logger, option = "stream: option 'to'"): BrokerTarget {
  const { name, address } = brokerAt(settings.program.to, option);
  refuseOtherBrokers([name], settings);
  return BROKERS[name].open(address, { ...settings.broker, ...settings.brokers[name] }, { env, logger });
}

/** @throws InvalidOption for flags of a kind of broker that is not among these */
export function refuseOtherBrokers(names: readonly BrokerName[], { brokers }: BrokerFlagSettings): void {
  for (const other of BROKER_NAMES) {
    const [option] = Object.keys(brokers[other]);
    if (!names.includes(other) && option !== undefined) {
      throw new InvalidOption(`${other}: option '${option}' given for a broker of another kind, expected --to ${other}:`);
    }
  }
}
