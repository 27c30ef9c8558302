/** fakeBroker: the real outbox, and a broker behind it that is played from a diagram. */
import { EMPTY, NEVER, Observable, asyncScheduler } from 'rxjs';
import { z } from 'zod';
import { BrokerHandle, type Driver, type Outgoing, type SendOutcome } from '../../src/broker/index.js';
import { BROKER, OUTBOX } from '../../src/core/defaults/defaults.js';
import { BrokerUnavailable, InvalidOption, MessageTooLarge, type RxcamError } from '../../src/core/errors/errors.js';
import type { CameraMessage } from '../../src/core/frame/frame.js';
import { byteCount, callback, milliseconds, options, parseOptions } from '../../src/core/options.js';
import { parseDiagram } from './scheduler.js';

/** Options of {@link fakeBroker}. */
export interface FakeBrokerConfig {
  /** From a request to its answer; ms. Default 0: in the same ms, but never at once. */
  readonly latencyMs?: number;
  /**
   * How the broker is, from its creation on: `d` it goes down (requests fail), `h` it hangs (and never answers what it
   * was asked then), `l` it writes but its answers are lost, `u` it is up again. Default: up.
   */
  readonly down?: string;
  /** Why a message is refused; it is sent again. Default: none is. */
  readonly refuse?: (message: CameraMessage) => RxcamError | undefined;
  /** A message of more bytes than this is too large, and is dropped. Default: none is. */
  readonly tooLargeBytes?: number;
  /** How long a message waits for others; ms. Default 0. */
  readonly lingerMs?: number;
  /** A request without an answer is given up after this time; ms. Default 10,000. */
  readonly requestTimeoutMs?: number;
  /** Bytes that the outbox of the handle may keep in memory. Default 256 MiB. */
  readonly outboxMaxBytes?: number;
}

/** A message as the fake broker got it: once more for each time that it was written. */
export interface FakeMessage {
  readonly topic: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly message: CameraMessage;
  /** 0, 1, 2 … in its topic, as a decimal string. */
  readonly offset: string;
  /** Wall clock in ms. */
  readonly at: number;
}

/** A broker that is played from a diagram, and what it has got. */
export class FakeBroker extends BrokerHandle<FakeDriver> {
  /** What was written, in order. */
  get messages(): readonly FakeMessage[] {
    return this.driver().messages;
  }

  /** Every request: when it came, and how many messages were in it. */
  get requests(): readonly { readonly at: number; readonly messages: number }[] {
    return this.driver().requests;
  }
}

const schema = options({
  latencyMs: milliseconds().default(0),
  down: z.string().default(''),
  refuse: callback<(message: CameraMessage) => RxcamError | undefined>().optional(),
  tooLargeBytes: byteCount().optional(),
  lingerMs: milliseconds().default(0),
  requestTimeoutMs: milliseconds().default(BROKER.requestTimeoutMs),
  outboxMaxBytes: byteCount().default(OUTBOX.handleMaxBytes),
});

/**
 * A broker for `publish` without a broker: outbox, order, retries and bounds are the real ones.
 *
 * @example
 * ```ts
 * marbles(({ expectObservable }) => {
 *   const broker = fakeBroker({ latencyMs: 2, down: '-----d 2s u' });
 *   expectObservable(messages$.pipe(publish(broker, { topic: 'video' }))).toBe('…');
 * });
 * ```
 * @throws InvalidOption for a wrong option, or a letter that stands for nothing
 */
export function fakeBroker(config: FakeBrokerConfig = {}): FakeBroker {
  const { lingerMs, requestTimeoutMs, outboxMaxBytes, ...behaviour } = parseOptions('fakeBroker', schema, config);
  return new FakeBroker(new FakeDriver({ ...behaviour, moods: readMoods(behaviour.down) }), { lingerMs, requestTimeoutMs, outboxMaxBytes });
}

type Mood = 'd' | 'h' | 'l' | 'u';
interface Behaviour {
  readonly latencyMs: number;
  readonly moods: readonly { at: number; mood: Mood }[];
  readonly refuse?: FakeBrokerConfig['refuse'] | undefined;
  readonly tooLargeBytes?: number | undefined;
}

function readMoods(diagram: string): { at: number; mood: Mood }[] {
  return parseDiagram(diagram).map(({ frame, notification }) => {
    const mood = notification.kind === 'N' ? notification.value as Mood : '|';
    if (!['d', 'h', 'l', 'u'].includes(mood)) throw new InvalidOption(`fakeBroker: '${mood}' in '${diagram}' given; allowed: d h l u`);
    return { at: frame, mood: mood as Mood };
  });
}

class FakeDriver implements Driver {
  readonly kind = 'fake';
  readonly address = 'fake:';
  readonly messages: FakeMessage[] = [];
  readonly requests: { readonly at: number; readonly messages: number }[] = [];
  readonly #createdAt = asyncScheduler.now();

  constructor(readonly behaviour: Behaviour) {}

  send(batch: readonly Outgoing[]): Observable<readonly SendOutcome[]> {
    this.requests.push({ at: asyncScheduler.now(), messages: batch.length });
    const { latencyMs } = this.behaviour;
    const mood = this.#worstWithin(latencyMs);
    if (mood === 'h') return NEVER;
    return new Observable((subscriber) => {
      const answer = () => {
        if (mood === 'd') {
          subscriber.error(new BrokerUnavailable('fake: the broker is down'));
          return;
        }
        const outcomes = this.#write(batch);
        if (mood === 'l') subscriber.error(new BrokerUnavailable('fake: the answer is lost'));
        else subscriber.next(outcomes);
      };
      subscriber.add(asyncScheduler.schedule(answer, latencyMs));
    });
  }

  reset(): void { /* There is no connection. */ }

  close(): Observable<never> {
    return EMPTY;
  }

  /** A request fails where the broker goes down before it has answered. */
  #worstWithin(ms: number): Mood {
    const now = asyncScheduler.now() - this.#createdAt;
    const past = this.behaviour.moods.filter(({ at }) => at <= now + ms);
    const atStart = past.findLast(({ at }) => at <= now)?.mood ?? 'u';
    const during = past.filter(({ at }) => at > now).map(({ mood }) => mood);
    return [atStart, ...during].find((mood) => mood !== 'u') ?? 'u';
  }

  #write(batch: readonly Outgoing[]): SendOutcome[] {
    const stopped = new Set<string>();
    return batch.map(({ topic, key, headers, message }) => {
      const place = JSON.stringify([topic, key]);
      const outcome = stopped.has(place) ? refused('a message before it was not written') : this.#outcome(message);
      if (!outcome.ok) {
        stopped.add(place);
        return outcome;
      }
      const offset = String(this.messages.filter((one) => one.topic === topic).length);
      this.messages.push({ topic, key, headers, message, offset, at: asyncScheduler.now() });
      return { ok: true, offset };
    });
  }

  #outcome(message: CameraMessage): SendOutcome {
    const { refuse, tooLargeBytes = Infinity } = this.behaviour;
    const { length } = message.value;
    if (length > tooLargeBytes) {
      return { ok: false, tooLarge: true, error: new MessageTooLarge(`fake: ${length} bytes, at most ${tooLargeBytes} are taken`) };
    }
    const error = refuse?.(message);
    return error === undefined ? { ok: true } : { ok: false, error };
  }
}

function refused(reason: string): SendOutcome {
  return { ok: false, error: new BrokerUnavailable(`fake: ${reason}`) };
}
