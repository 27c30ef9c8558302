/** Opens the broker that coordinates a fleet, from the options of a command. */
import type { Logger } from 'pino';
import { type Broker, type BrokerTarget, BROKERS, brokerAt } from '../../../broker/index.js';
import { InvalidOption } from '../../../core/errors/errors.js';
import { type Coordinator, coordinator } from '../../../fleet/index.js';
import { type BrokerFlagSettings, type FleetConnection, refuseOtherBrokers } from '../arguments/index.js';
import { createLogger } from '../program/index.js';

/** A fleet, and the broker that coordinates it. */
export interface OpenFleet {
  readonly target: BrokerTarget;
  readonly coordinator: Coordinator;
  readonly logger: Logger;
  readonly close: () => Promise<void>;
}

/** Opens the broker without connecting. @throws InvalidOption */
export function openFleet(
  command: FleetConnection & { readonly command: string; readonly brokers?: Readonly<Record<string, string>> },
  env: NodeJS.ProcessEnv, secrets: readonly string[],
): OpenFleet {
  const logger = createLogger(command.logLevel, secrets);
  const { to, options, brokers = {} } = command;
  const option = `${command.command}: option 'to'`;
  const others = Object.values(brokers).map((address) => brokerAt(address, `${command.command}: option 'broker'`));
  refuseOtherBrokers([brokerAt(to, option), ...others].map(({ name }) => name), options);
  const target = openCoordinator(to, option, options, { env, logger });
  const joined = coordinator(target.broker, { name: command.name, slots: command.slots });
  return {
    target, coordinator: joined, logger,
    close: async () => {
      joined.close();
      await target.broker.close();
    },
  };
}

/** Opens the broker at an address. @throws InvalidOption also for a broker within this program, because no other program can reach it */
export function openCoordinator(
  address: string, option: string, options: BrokerFlagSettings, around: { readonly env: NodeJS.ProcessEnv; readonly logger: Logger },
): BrokerTarget & { readonly broker: Broker } {
  const { name, address: parts } = brokerAt(address, option);
  if (BROKERS[name].hosts === 'none') throw new InvalidOption(`${option}: ${name}: given, expected the address of a broker outside of this program`);
  return BROKERS[name].open(parts, { ...options.broker, ...options.brokers[name] }, around);
}
