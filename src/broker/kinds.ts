/** Kinds of broker. A new kind is a folder or a file, and a line here. */
import { InvalidOption } from '../core/errors/errors.js';
import { redactInvalidUrl } from '../core/redact/redact.js';
import { type BrokerAddress, type BrokerKind, type ServerLimits, type DoctorTopics, addressOf } from './kind/index.js';
import { kafkaKind } from './kafka/index.js';
import { memoryKind } from './memory/index.js';
import { redisKind } from './redis/index.js';

export const BROKERS = {
  memory: memoryKind,
  kafka: kafkaKind,
  redis: redisKind,
} as const satisfies Readonly<Record<string, BrokerKind>>;

/** Name of a kind: that of the function that creates its handle, and of the handle's `kind`. */
export type BrokerName = keyof typeof BROKERS;

export const BROKER_NAMES = Object.keys(BROKERS) as BrokerName[];

/** Queries the limits of a server, with the options of its kind; undefined for a broker inside this program. */
export function examineBroker(name: BrokerName, config: object, topics: DoctorTopics): Promise<ServerLimits> | undefined {
  const { examine }: BrokerKind = BROKERS[name];
  return examine?.(config as never, topics);
}

/**
 * The kind that accepts an address, and the parsed address.
 * @param option - the option that gave the address
 * @throws InvalidOption for an address that no kind accepts
 */
export function brokerAt(address: string, option: string): { readonly name: BrokerName; readonly address: BrokerAddress } {
  for (const name of BROKER_NAMES) {
    const found = addressOf(BROKERS[name], address);
    if (found !== undefined) return { name, address: found };
  }
  const forms = BROKER_NAMES.map((name) => BROKERS[name].form);
  throw new InvalidOption(`${option}: '${redactInvalidUrl(address)}' given, expected ${forms.slice(0, -1).join(', ')}, or ${forms.at(-1) ?? ''}`);
}
