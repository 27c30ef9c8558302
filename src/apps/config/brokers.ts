/** The brokers of a configuration, by name: an address, or the options of their kind. */
import type { Logger } from 'pino';
import { BROKERS, BROKER_NAMES, type Broker, type BrokerName, type BrokerTarget, brokerAt } from '../../broker/index.js';
import { isRxcamError } from '../../core/errors/errors.js';
import { type ReadContext, checkValue, plainValue, shownValue, unknownKey } from './check-value.js';
import { type Located, type Problems, membersOf } from './reading/index.js';
import { brokerKindOf, brokerSchema } from './vocabulary.js';

/** One broker of a configuration. When printed or as JSON, it shows only its name and kind, because the rest may hold secrets. */
export interface BrokerSettings {
  /** Its name in the configuration. */
  readonly name: string;
  /** `kafka`, `redis` or `memory`. */
  readonly kind: BrokerName;
  /** Its address, if given in place of options. */
  readonly address?: string;
  /** Options of `kafka`, `redis` or `memory`. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Open brokers, by name, each with the topic that its address names. */
export type OpenBrokers = ReadonlyMap<string, BrokerTarget>;

const QUIET = Object.fromEntries(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'].map((level) => [level, () => undefined])) as unknown as Logger;

/** Options of {@link openBroker}. */
export interface OpenBrokerOptions {
  /** Environment variables with passwords that addresses omit: RXCAM_KAFKA_PASSWORD, for example. Default: none. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Receives the broker's log. Default: none. */
  readonly logger?: Logger | undefined;
}

/**
 * Opens a broker; it connects with the first message.
 * @throws InvalidOption
 */
export function openBroker({ kind, address, options }: BrokerSettings, { env = {}, logger = QUIET }: OpenBrokerOptions = {}): BrokerTarget {
  if (address !== undefined) return BROKERS[kind].open(brokerAt(address, 'brokers').address, {}, { env, logger });
  const hasLogger = Object.hasOwn((brokerSchema(kind) as { shape?: object }).shape ?? {}, 'logger');
  const make = BROKERS[kind].make as (options: object) => Broker;
  return { broker: make({ ...options, ...(hasLogger && { logger }) }), topic: undefined };
}

/** The brokers of a file; adds mistakes to the problems. */
export function readBrokers(
  node: Located | undefined, reading: ReadContext,
): { readonly settings: readonly BrokerSettings[]; readonly open: OpenBrokers } {
  const settings: BrokerSettings[] = [];
  const open = new Map<string, BrokerTarget>();
  const members = membersOf(node);
  if (node !== undefined && node.value !== null && members === undefined) reading.problems.add(node, `${shownValue(node)} given, expected a map of brokers by name`);
  for (const [name, value] of members ?? []) {
    const one = brokerOf(name, value, reading);
    const target = one && resultOrProblem(value, reading.problems, () => openBroker(one, { env: reading.references.surroundings.env }));
    if (one === undefined || target === undefined) continue;
    settings.push(one);
    open.set(name, target);
  }
  return { settings, open };
}

/** Hides members that may hold secrets from printing and from JSON. */
export function hideMembers<T extends object>(object: T, names: readonly (keyof T)[]): T {
  return Object.defineProperties(object, Object.fromEntries(names.map((name) => [name, { enumerable: false }])));
}

function brokerOf(name: string, node: Located, reading: ReadContext): BrokerSettings | undefined {
  if (typeof node.value === 'string') return broughtAddress(name, node, reading);
  const [entry, ...others] = membersOf(node) ?? [];
  const expected = `expected an address (${BROKER_NAMES.map((kind) => BROKERS[kind].form).join(', ')}) or a map with one of the keys ${BROKER_NAMES.join(', ')}`;
  if (entry === undefined || others.length > 0) {
    reading.problems.add(node, `${entry === undefined ? shownValue(node) : `a map with ${others.length + 1} keys`} given, ${expected}`);
    return undefined;
  }
  const [kindName, options] = entry;
  const kind = brokerKindOf(kindName);
  if (kind === undefined) {
    reading.problems.addAtKey(options, unknownKey(kindName, BROKER_NAMES));
    return undefined;
  }
  const given = checkValue(brokerSchema(kind), options.value === null ? { ...options, value: new Map() } : options, reading);
  return given === undefined ? undefined : hideMembers({ name, kind, options: given as BrokerSettings['options'] }, ['options']);
}

function broughtAddress(name: string, node: Located, reading: ReadContext): BrokerSettings | undefined {
  const before = reading.problems.count;
  const address = plainValue(node, reading) as string;
  if (reading.problems.count > before) return undefined;
  const found = resultOrProblem(node, reading.problems, () => brokerAt(address, 'broker'));
  return found && hideMembers({ name, kind: found.name, address, options: {} }, ['address', 'options']);
}

/** Returns the result of `work`; undefined if it throws an InvalidOption, which becomes a problem at its option. */
export function resultOrProblem<T>(node: Located, problems: Problems, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!isRxcamError(error)) throw error;
    const [, option = ''] = /option '([\w.]+)'/.exec(error.message) ?? [];
    const at = option.split('.').reduce<Located | undefined>((inner, key) => membersOf(inner)?.get(key), node);
    problems.add(at ?? node, error.message.replace(at === undefined || option === '' ? /^\w+: / : /^(?:\w+: )?option '[\w.]+': /, ''));
    return undefined;
  }
}
