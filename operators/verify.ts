/** verify: a verdict on each received message, and the gaps between them. */
import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import { z } from 'zod';
import { type Gap, type Received, type Verified, Verifier, type VerifyStats } from '../src/message/index.js';
import { callback, options as object, parseOptions } from '../src/core/options.js';

export type { VerifyStats } from '../src/message/index.js';

/** Messages that are left out unless they are asked for. */
const LEFT_OUT = ['repeated', 'torn', 'undecodable', 'fenced'] as const;

/** Options of `verify`. */
export interface VerifyConfig {
  /** Called with each gap, before it is emitted. */
  readonly onGap?: (gap: Gap) => void;
  /** Messages that are emitted with their verdict in place of being left out. Default: none. */
  readonly keep?: readonly (typeof LEFT_OUT)[number][];
}

/** The operator, and what it has counted in all its subscriptions. */
export type Verify = OperatorFunction<Received, Verified | Gap> & { readonly stats: VerifyStats };

const SCHEMA = object({
  onGap: callback<(gap: Gap) => void>().optional(),
  keep: z.array(z.enum(LEFT_OUT)).default([]),
});

/**
 * Gives each message a verdict, and emits a gap where messages are missing.
 *
 * ```text
 * received    -a-b-b-c-f-X-h-|
 * verify()    -a-b---c-(gf)-h-|     f names c as sent before d, e: g is their gap
 * ```
 *
 * `whole`: its bytes are those that were sent, by its digest, and it has not come before. `repeated`: it has. `torn`: its bytes are
 * others. `fenced`: a machine of a fleet has sent it after another one had the camera, as their epochs show. Repeated, torn and
 * fenced ones are left out, as is what can't be decoded: in stream mode all up to the next keyframe behind a gap, and a reference to
 * a message that is missing. `stats` of the operator counts them. A gap has a cause: `dropped` by the sender, which says so in the
 * next message; `lost` on the way; `expired`, removed by the broker before it was read. Where a
 * reading begins is no gap. Each topic and key is checked by itself, and each run of a sender.
 *
 * - Error: the source's passes, and what `onGap` throws. Completion: with the source. Unsubscription: unsubscribes from the source.
 *
 * @example
 * subscribe(memory(), { topic: 'video' }).pipe(verify()).subscribe((one) => {
 *   if (one.verdict === 'gap') console.log(`${one.size} ${one.cause}`);
 *   else console.log(one.seq, one.data.length);
 * });
 *
 * @throws InvalidOption
 */
export function verify(config: VerifyConfig = {}): Verify {
  const { onGap, keep } = parseOptions('verify', SCHEMA, config);
  const isKept = (one: Verified) => (one.verdict === 'whole' ? one.decodable || keep.includes('undecodable') : keep.includes(one.verdict));
  const totals = Verifier.noStats();
  const operator = (source: Observable<Received>) => new Observable<Verified | Gap>((subscriber) => {
    const verifier = new Verifier(totals);
    return source.subscribe({
      next: (message) => {
        const { gaps, verified } = verifier.check(message);
        try {
          for (const gap of gaps) tell(gap, onGap, subscriber);
        } catch (error) {
          subscriber.error(error);
          return;
        }
        if (isKept(verified)) subscriber.next(verified);
      },
      error: (error: unknown) => { subscriber.error(error); },
      complete: () => { subscriber.complete(); },
    });
  });
  return Object.defineProperty(operator, 'stats', { get: () => ({ ...totals }), enumerable: true }) as Verify;
}

function tell(gap: Gap, onGap: ((gap: Gap) => void) | undefined, subscriber: Subscriber<Gap>): void {
  onGap?.(gap);
  subscriber.next(gap);
}
