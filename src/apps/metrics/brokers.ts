/** The metrics of each broker. */
import { EMPTY, catchError } from 'rxjs';
import type { Broker } from '../../broker/index.js';
import { type Family, singleFamily, stateFamily } from './family.js';
import { labels } from './labels.js';

/** Codes that are present from the start, because a counter that appears with its first error shows no increase. */
const CODES = ['BROKER_UNAVAILABLE', 'BROKER_UNAUTHORIZED', 'MESSAGE_TOO_LARGE'];

/** Counts the errors of brokers, from the first time that each is seen. */
export class BrokerErrors {
  readonly #counts = new WeakMap<Broker, Map<string, number>>();

  of(broker: Broker): ReadonlyMap<string, number> {
    const known = this.#counts.get(broker);
    if (known !== undefined) return known;
    const counts = new Map(CODES.map((code) => [code, 0]));
    this.#counts.set(broker, counts);
    broker.errors$.pipe(catchError(() => EMPTY)).subscribe(({ code }) => { counts.set(code, (counts.get(code) ?? 0) + 1); });
    return counts;
  }
}

/** A broker on the page. */
export interface MeasuredBroker { readonly broker: Broker; readonly errors: ReadonlyMap<string, number> }

const STATES = ['idle', 'connected', 'unavailable', 'closed'];

export const BROKER_FAMILIES: readonly Family<MeasuredBroker>[] = [
  stateFamily('rxcam_broker_state', 'State of a broker: 1 for the current one.', STATES, ({ broker }) => broker.state.status),
  singleFamily('rxcam_broker_outbox_messages', 'gauge', 'Messages that wait for an acknowledgement.', ({ broker }) => broker.state.outbox.messages),
  singleFamily('rxcam_broker_outbox_bytes', 'gauge', 'Memory that these messages keep.', ({ broker }) => broker.state.outbox.bytes),
  singleFamily('rxcam_broker_waiting_topics', 'gauge', 'Topics whose messages wait while others are sent.', ({ broker }) => broker.state.waiting?.length ?? 0),
  singleFamily('rxcam_broker_throttled_seconds', 'gauge', "Pause that the broker's quota requires now.", ({ broker }) => (broker.state.throttledMs ?? 0) / 1_000),
  {
    name: 'rxcam_broker_errors_total', type: 'counter', help: 'Errors of a broker by code, since it was added to the page.',
    samples: ({ errors }, put) => { for (const [code, count] of errors) put(count, labels({ code })); },
  },
];
