/** createBroker(): creates a broker from the user's own driver. */
import { InvalidOption } from '../../core/errors/errors.js';
import { options as object, parseOptions } from '../../core/options.js';
import { type BrokerConfig, BROKER_MEMBERS, RETRY_RANGE } from '../broker-options.js';
import type { Broker } from './broker.js';
import { BrokerHandle } from './broker-handle.js';
import type { Driver } from '../driver.js';
import { guardedDriver } from './guarded-driver.js';

const SCHEMA = object(BROKER_MEMBERS).refine(...RETRY_RANGE);

/** Methods and strings that every driver must have. */
const REQUIRED_METHODS = ['send', 'reset', 'close'] as const;
const REQUIRED_STRINGS = ['kind', 'address'] as const;

/**
 * Creates a broker from your driver, for `publish`. The broker handles order, batches, retries and the outbox; the driver
 * writes one batch.
 *
 * @example
 * ```ts
 * const broker = createBroker(new NdjsonDriver('frames.ndjson'), { lingerMs: 50 });
 * camera('test:?duration=1').pipe(encodeH265(), toMessage(), publish(broker, { topic: 'gate' })).subscribe();
 * ```
 * @throws InvalidOption for an object that is not a driver, and for a wrong option
 */
export function createBroker(driver: Driver, config: BrokerConfig = {}): Broker {
  checkDriver(driver);
  return new BrokerHandle(guardedDriver(driver), parseOptions('createBroker', SCHEMA, config));
}

function checkDriver(driver: unknown): void {
  if (typeof driver !== 'object' || driver === null) {
    throw new InvalidOption(`createBroker: option 'driver': ${String(driver)} given, expected an object with ${[...REQUIRED_STRINGS, ...REQUIRED_METHODS].join(', ')}`);
  }
  const members = driver as Record<string, unknown>;
  for (const name of REQUIRED_METHODS) checkMember(name, members[name], typeof members[name] === 'function', 'a function');
  for (const name of REQUIRED_STRINGS) checkMember(name, members[name], typeof members[name] === 'string' && members[name] !== '', 'a string');
}

function checkMember(name: string, given: unknown, isValid: boolean, expected: string): void {
  if (!isValid) throw new InvalidOption(`createBroker: option 'driver.${name}': ${given === '' ? 'an empty string' : typeof given} given, expected ${expected}`);
}
