/** The broker that coordinates a fleet, as the command line names it. */
import type { Logger } from 'pino';
import { BROKERS, type Broker, type BrokerTarget, brokerAt } from '../../../broker/index.js';
import { InvalidOption } from '../../../core/errors/errors.js';
import { type Coordinator, coordinator } from '../../../fleet/index.js';
import type { FleetPlaceArguments } from '../arguments/index.js';
import { createLogger } from '../program/index.js';

/** A fleet, and the broker that keeps it together. */
export interface OpenFleet {
  readonly target: BrokerTarget;
  readonly coordinator: Coordinator;
  readonly logger: Logger;
  readonly close: () => Promise<void>;
}

/** Connects to nothing yet. @throws InvalidOption */
export function openFleet(
  command: FleetPlaceArguments & { readonly command: string }, env: NodeJS.ProcessEnv, secrets: readonly string[],
): OpenFleet {
  const logger = createLogger(command.logLevel, secrets, (line) => { process.stderr.write(line); });
  const target = openAt(command.to, `${command.command}: option 'to'`, env, logger);
  const joined = coordinator(target.broker, { name: command.name, slots: command.slots });
  return {
    target, coordinator: joined, logger,
    close: async () => {
      joined.close();
      await target.broker.close();
    },
  };
}

/** @throws InvalidOption for an address of a broker within this program, too, because no other program can reach it */
export function openAt(address: string, option: string, env: NodeJS.ProcessEnv, logger: Logger): BrokerTarget & { readonly broker: Broker } {
  const { name, address: parts } = brokerAt(address, option);
  if (BROKERS[name].hosts === 'none') throw new InvalidOption(`${option}: ${name}: given, expected the address of a broker outside of this program`);
  return BROKERS[name].open(parts, {}, { env, logger });
}
