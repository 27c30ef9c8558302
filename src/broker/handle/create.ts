/** createBroker(): creates a broker from the user's own driver. */
import { EMPTY, catchError, defer, ignoreElements } from 'rxjs';
import { InvalidOption } from '../../core/errors/errors.js';
import { options as object, parseOptions } from '../../core/options.js';
import { redactUrl } from '../../core/redact/redact.js';
import { type BrokerConfig, BROKER_MEMBERS, RETRY_RANGE } from '../broker-options.js';
import type { Broker } from './broker.js';
import { BrokerHandle } from './broker-handle.js';
import type { Driver } from '../driver.js';

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
  return new BrokerHandle(guarded(driver), parseOptions('createBroker', SCHEMA, config));
}

/** Methods that a driver may have. */
const OPTIONAL_METHODS = ['expectWrites', 'serverOf', 'readyAt', 'forget', 'refuses', 'topicProblem', 'prepare', 'reader', 'coordination'] as const;

/** Wraps a driver so that its errors neither stop the queue nor show credentials. */
function guarded(driver: Driver): Driver {
  const methods = driver as unknown as Readonly<Record<string, ((...given: never) => unknown) | undefined>>;
  return {
    kind: driver.kind,
    get address() { return redactUrl(driver.address); },
    get servers() { return driver.servers; },
    send: (batch) => defer(() => driver.send(batch)),
    reset: (server) => { driver.reset(server); },
    close: () => defer(() => driver.close()).pipe(ignoreElements(), catchError(() => EMPTY)),
    ...(driver.warnings$ !== undefined && { warnings$: driver.warnings$ }),
    ...Object.fromEntries(OPTIONAL_METHODS.flatMap((name) => {
      const method = methods[name];
      return method === undefined ? [] : [[name, method.bind(driver)]];
    })),
  };
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
