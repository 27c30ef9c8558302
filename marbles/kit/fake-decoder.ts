/** fakeDecoder: decodes without a process, for pipelines with `decode`. */
import { Observable, Subscription, asyncScheduler } from 'rxjs';
import type { Decoder, DecoderUnit } from '../../src/core/engine/decoder.js';
import { CaptureCrashed } from '../../src/core/errors/errors.js';
import { callback, milliseconds, options, parseOptions } from '../../src/core/options.js';

/** Options of {@link fakeDecoder}. */
export interface FakeDecoderConfig {
  /** Decoding time of each access unit, one after the other, in ms. Default 0. */
  readonly decodeMs?: number;
  /** Result of an access unit, by its bytes as text: a picture, nothing, or a crash of the decoder. Default: a picture. */
  readonly fate?: (unit: string) => 'picture' | 'nothing' | 'crash';
}

/** A decoder, with counts of its processes. */
export interface FakeDecoder {
  /** The option `decoder` of `decode`; a picture has the bytes of its access unit. */
  readonly decoder: Decoder;
  /** Number of decoders that are running. */
  readonly running: number;
  /** Number of decoders that have been started. */
  readonly started: number;
}

const schema = options({ decodeMs: milliseconds().default(0), fate: callback<NonNullable<FakeDecoderConfig['fate']>>().optional() });

/**
 * A decoder without a process, in virtual time.
 *
 * @example
 * ```ts
 * const { decoder } = fakeDecoder({ decodeMs: 2 });
 * subscribe(fakeTopic('a-b-c'), { topic: 'video' }).pipe(decode({ decoder }));
 * ```
 * @throws InvalidOption
 */
export function fakeDecoder(config: FakeDecoderConfig = {}): FakeDecoder {
  const { decodeMs, fate = () => 'picture' } = parseOptions('fakeDecoder', schema, config);
  const counts = { running: 0, started: 0 };
  const decoder: Decoder = (input) => new Observable((subscriber) => {
    const { units$, width, height } = input;
    counts.running++;
    counts.started++;
    let freeAt = 0;
    const work = new Subscription(() => { counts.running--; });
    const decoded = ({ pts, data }: DecoderUnit) => {
      const end = fate(data.toString());
      if (end === 'crash') subscriber.error(new CaptureCrashed('fake: the decoder died'));
      else if (end === 'picture') subscriber.next({ pts, width, height, data });
    };
    const later = (what: () => void, busyMs: number) => {
      freeAt = Math.max(freeAt, asyncScheduler.now()) + busyMs;
      if (freeAt <= asyncScheduler.now()) what();
      else work.add(asyncScheduler.schedule(what, freeAt - asyncScheduler.now()));
    };
    work.add(units$.subscribe({
      next: (unit) => { later(() => { decoded(unit); }, decodeMs); },
      complete: () => { later(() => { subscriber.complete(); }, 0); },
    }));
    input.ready(true);
    return work;
  });
  return { decoder, get running() { return counts.running; }, get started() { return counts.started; } };
}
