/** Messages for the brokers' tests, and what is asked of them afterwards. */
import { createHash, randomBytes } from 'node:crypto';
import { type Observable, filter, firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import type { Broker } from '../../../src/broker/index.js';
import type { CameraMessage } from '../../../src/core/frame/frame.js';
import { message } from '../../unit/broker/outbox-fakes.js';

const open: Broker[] = [];
/** Closes the results of `opened`. */
export const closeAll = async () => {
  await Promise.all(open.splice(0).map((broker) => broker.close({ deadlineMs: 0 })));
};

/** Keeps a handle for `closeAll`. */
export function opened<B extends Broker>(broker: B): B {
  open.push(broker);
  return broker;
}

export const all = <T>(values$: Observable<T>): Promise<T[]> => lastValueFrom(values$.pipe(toArray()));
export const orders = (list: readonly { inputOrder: number }[]) => list.map(({ inputOrder }) => inputOrder);
export const isUnavailable = (broker: Broker) => firstValueFrom(broker.state$.pipe(filter(({ status }) => status === 'unavailable')));

/** Messages with random bytes, their hash and number in headers. */
export function made(count: number, facts: Partial<CameraMessage> = {}, bytes = 2_000): CameraMessage[] {
  return Array.from({ length: count }, (_, index) => {
    const value = randomBytes(bytes);
    const headers = { ce_key: facts.key ?? 'cam', sha256: createHash('sha256').update(value).digest('hex'), order: String(index + 1), text: 'Lagerhalle Süd – 倉庫' };
    return message(index + 1, { value, headers, ...facts });
  });
}
