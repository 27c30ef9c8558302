/** The outcome of each message of a request, from the broker's answer for its partition. */
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

export function outcomes(batch: readonly Outgoing[], results: readonly WriteResult[], context: OutcomeContext): SendOutcome[] {
  const topicsWithOtherTimes = changeTimes(batch, results, context.times);
  return batch.map((outgoing, index) => {
    const result = results[index] as WriteResult;
    const getsOtherTime = topicsWithOtherTimes.has(outgoing.topic) && isWrongTime(errorIn(result));
    return getsOtherTime ? { ok: false, again: true } : outcome(outgoing, result, context);
  });
}

function outcome({ topic }: Outgoing, result: WriteResult, { client, failures }: OutcomeContext): SendOutcome {
  if (!('error' in result)) return { ok: true, ...result };
  const { error, isAlone } = result;
  if (isTooLarge(error)) return { ok: false, error: failures.tooLarge(error), ...(isAlone ? { tooLarge: true } : { split: 'size' }) };
  if (isStale(error) && client.isNew(topic)) return { ok: false, again: true, afterMs: KAFKA_LIMITS.leaderPollMs };
  if (isStale(error)) client.forget(topic);
  return { ok: false, error: failures.of(error, topic) };
}

/** Changes the timestamps of topics whose records the broker refused for their time; returns those that have another one to try. */
function changeTimes(batch: readonly Outgoing[], results: readonly WriteResult[], times: RecordTimes): Set<string> {
  const refused = new Map(batch.flatMap(({ topic, message }, index) => (isWrongTime(errorIn(results[index])) ? [[topic, message]] : [])));
  return new Set([...refused].flatMap(([topic, message]) => (times.refused(topic, message) ? [topic] : [])));
}

function errorIn(result: WriteResult | undefined): Error | undefined {
  return result !== undefined && 'error' in result ? result.error : undefined;
}
