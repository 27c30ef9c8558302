/** A broker for the chaos test whose mood changes while requests are under way. */
import { EMPTY, NEVER, type Observable, Subject, defer, finalize, map, merge, mergeMap, take, tap, throwError, timer } from 'rxjs';
import type { Driver, Outgoing, SendOutcome } from '../../../src/broker/index.js';
import { BrokerUnavailable, MessageTooLarge } from '../../../src/core/errors/errors.js';

/**
 * `up`; `slow`: answers late, though in time; `down`: refuses the connection, and cuts those that are open; `hung`: does
 * not answer; `deaf`: writes, and the answer is lost; `half`: writes the first half of each topic and key and refuses
 * the rest; `small`: takes no message whose order ends with 0, 3 or 7, and says of which one; `vague`: the same, and
 * refuses the whole request without saying why; `wary`: refuses what comes in company.
 */
export const MOODS = ['up', 'slow', 'down', 'hung', 'deaf', 'half', 'small', 'vague', 'wary'] as const;
export type Mood = (typeof MOODS)[number];

const ANSWER_MS = 3;
const SLOW_MS = 700;
const TOO_LARGE = [0, 3, 7];

export class MoodyDriver implements Driver {
  readonly kind = 'moody';
  readonly address = 'moody:';
  /** Written messages, in order. */
  readonly log: Outgoing[] = [];
  /** The run of each message that it has written, by its order. */
  readonly runs = new Map<number, number>();
  /** Topics and keys of which two requests were under way at once. */
  readonly overlaps: string[] = [];
  isClosed = false;
  readonly #busy = new Set<string>();
  readonly #cut = new Subject<void>();
  #mood: Mood = 'up';

  set mood(mood: Mood) {
    this.#mood = mood;
    if (mood === 'down') this.#cut.next();
  }

  send(batch: readonly Outgoing[]): Observable<readonly SendOutcome[]> {
    return defer(() => {
      const targets = [...new Set(batch.map(targetOf))];
      this.overlaps.push(...targets.filter((target) => this.#busy.has(target)));
      for (const target of targets) this.#busy.add(target);
      let isUnderWay = true;
      const end = () => {
        if (isUnderWay) for (const target of targets) this.#busy.delete(target);
        isUnderWay = false;
      };
      const fails$ = this.#cut.pipe(mergeMap(() => throwError(() => new BrokerUnavailable('moody: cut'))));
      return merge(this.#answer(batch, this.#mood), fails$).pipe(take(1), tap({ next: end, error: end }), finalize(end));
    });
  }

  reset(): void { /* there is no connection */ }

  close(): Observable<never> {
    this.isClosed = true;
    return EMPTY;
  }

  #answer(batch: readonly Outgoing[], mood: Mood): Observable<readonly SendOutcome[]> {
    if (mood === 'hung') return NEVER;
    if (mood === 'down') return throwError(() => new BrokerUnavailable('moody: refused'));
    return timer(mood === 'slow' ? SLOW_MS : ANSWER_MS).pipe(map(() => {
      const outcomes = this.#write(batch, mood);
      if (mood === 'deaf') throw new BrokerUnavailable('moody: the answer was lost');
      return outcomes;
    }));
  }

  #write(batch: readonly Outgoing[], mood: Mood): readonly SendOutcome[] {
    const isTooLarge = ({ message }: Outgoing) => TOO_LARGE.includes(message.inputOrder % 10);
    const error = new MessageTooLarge('moody: too large');
    if (mood === 'vague' && batch.some(isTooLarge)) return batch.map(() => ({ ok: false, error, split: 'size' }));
    if (mood === 'wary' && new Set(batch.map(targetOf)).size > 1) return batch.map(() => ({ ok: false, error, split: 'apart' }));
    const counts = new Map<string, number>();
    const sizes = new Map<string, number>();
    for (const one of batch) sizes.set(targetOf(one), (sizes.get(targetOf(one)) ?? 0) + 1);
    const broken = new Set<string>();
    return batch.map((outgoing): SendOutcome => {
      const target = targetOf(outgoing);
      const index = counts.get(target) ?? 0;
      counts.set(target, index + 1);
      const refused = (why: Partial<SendOutcome>): SendOutcome => {
        broken.add(target);
        return { ok: false, error, ...why } as SendOutcome;
      };
      // Within one topic and key nothing after the first that is not written may be written.
      if (broken.has(target)) return refused({ error: new BrokerUnavailable('moody: not tried') });
      if (mood === 'small' && isTooLarge(outgoing)) return refused({ tooLarge: true });
      if (mood === 'half' && index * 2 >= (sizes.get(target) ?? 0)) return refused({ error: new BrokerUnavailable('moody: no room') });
      this.runs.set(outgoing.message.inputOrder, outgoing.message.run);
      return { ok: true, offset: String(this.log.push(outgoing) - 1) };
    });
  }
}

export function targetOf({ topic, key }: { topic: string; key: string }): string {
  return `${topic}/${key}`;
}
