/** The outcome of each message of a request, by partition. */
import { KAFKA_LIMITS } from '../../core/defaults/limits.js';
import type { Outgoing, SendOutcome } from '../driver.js';
import { type KafkaClient, type WriteResult, isStale, isTooLarge, isWrongTime } from './client/index.js';
import type { KafkaFailures } from './failures.js';
import type { RecordTimes } from './record-time.js';

interface OutcomeContext {
  readonly client: KafkaClient;
  readonly failures: KafkaFailures;
  readonly times: RecordTimes;
}

export function outcomes(batch: readonly Outgoing[], places: readonly WriteResult[], context: OutcomeContext): SendOutcome[] {
  const stamped = stampAgain(batch, places, context.times);
  return batch.map((outgoing, index) => {
    const place = places[index] as WriteResult;
    const isStamped = stamped.has(outgoing.topic) && isWrongTime(errorIn(place));
    return isStamped ? { ok: false, again: true } : outcome(outgoing, place, context);
  });
}

function outcome({ topic }: Outgoing, place: WriteResult, { client, failures }: OutcomeContext): SendOutcome {
  if (!('error' in place)) return { ok: true, ...place };
  const { error, isAlone } = place;
  if (isTooLarge(error)) return { ok: false, error: failures.tooLarge(error), ...(isAlone ? { tooLarge: true } : { split: 'size' }) };
  if (isStale(error) && client.isNew(topic)) return { ok: false, again: true, afterMs: KAFKA_LIMITS.leaderPollMs };
  if (isStale(error)) client.forget(topic);
  return { ok: false, error: failures.of(error, topic) };
}

/** Topics whose records get other timestamps because the broker refused theirs. */
function stampAgain(batch: readonly Outgoing[], places: readonly WriteResult[], times: RecordTimes): Set<string> {
  const refused = new Map(batch.flatMap(({ topic, message }, index) => (isWrongTime(errorIn(places[index])) ? [[topic, message]] : [])));
  return new Set([...refused].flatMap(([topic, message]) => (times.refused(topic, message) ? [topic] : [])));
}

function errorIn(place: WriteResult | undefined): Error | undefined {
  return place !== undefined && 'error' in place ? place.error : undefined;
}
