/** verify: adds a verdict to each received message, and reports gaps between them. */
import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import { z } from 'zod';
import { type Gap, type Received, type Verified, Verifier, type VerifyStats } from '../src/message/index.js';
import { callback, options as object, parseOptions } from '../src/core/options.js';

export type { VerifyStats } from '../src/message/index.js';

/** Verdicts of messages that are left out by default. */
const LEFT_OUT = ['repeated', 'torn', 'undecodable', 'fenced'] as const;

/** Options of `verify`. */
export interface VerifyConfig {
  /** Called with each gap, before it is emitted. Default: none. */
  readonly onGap?: (gap: Gap) => void;
  /** Verdicts of messages to emit instead of leaving them out. Default: none. */
  readonly keep?: readonly (typeof LEFT_OUT)[number][];
}

/** The operator, with its counts over all subscriptions. */
export type Verify = OperatorFunction<Received, Verified | Gap> & { readonly stats: VerifyStats };

const SCHEMA = object({
  onGap: callback<(gap: Gap) => void>().optional(),
  keep: z.array(z.enum(LEFT_OUT)).default([]),
});

/**
 * Adds a verdict to each message, and emits a gap for missing messages.
 *
 * ```text
 * received    -a-b-b-c-f-X-h-|
 * verify()    -a-b---c-(gf)-h-|     f names c as sent before d, e: g is their gap
 * ```
 *
 * `whole`: its bytes match its digest, and it is not a duplicate. `repeated`: a duplicate. `torn`: its bytes do not match its
 * digest. `fenced`: a worker of a fleet sent it after it had lost the camera to another worker, as their epochs show. Repeated, torn
 * and fenced messages are left out, and so are messages that can't be decoded (`undecodable`): in stream mode all after a gap up to
 * the next keyframe, and references to a missing message. `stats` of the operator counts them. A gap has a cause: `dropped` by the
 * sender, as its next message states; `lost` on the way; `expired`, removed by the broker before it was read; `takeover`, of unknown
 * size: another worker of a fleet took the camera from one that no longer answered. The beginning of a reading is not a gap. Each
 * topic, key and run of a sender is checked separately.
 *
 * - Error: the source's passes, and an error thrown by `onGap`. Completion: with the source. Unsubscription: unsubscribes from the source.
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
  const totals = Verifier.zeroStats();
  const operator = (source: Observable<Received>) => new Observable<Verified | Gap>((subscriber) => {
    const verifier = new Verifier(totals);
    return source.subscribe({
      next: (message) => {
        const { gaps, verified } = verifier.check(message);
        try {
          for (const gap of gaps) reportGap(gap, onGap, subscriber);
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

function reportGap(gap: Gap, onGap: ((gap: Gap) => void) | undefined, subscriber: Subscriber<Gap>): void {
  onGap?.(gap);
  subscriber.next(gap);
}
