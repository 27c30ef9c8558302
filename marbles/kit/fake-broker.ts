/** fakeBroker: the real outbox, with a broker that plays a diagram. */
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
  /** Time from a request to its answer, in ms. Default 0: within the same ms, but not synchronously. */
  readonly latencyMs?: number;
  /**
   * States of the broker, from its creation: `d` down (requests fail), `h` hanging (it never answers requests of this
   * time), `l` it writes but its answers are lost, `u` up again. Default: up.
   */
  readonly down?: string;
  /** Returns the reason to refuse a message, which is then sent again. Default: refuses none. */
  readonly refuse?: (message: CameraMessage) => RxcamError | undefined;
  /** Size in bytes above which a message is too large, and is dropped. Default: no limit. */
  readonly tooLargeBytes?: number;
  /** How long a message waits for others to go in the same request, in ms. Default 0. */
  readonly lingerMs?: number;
  /** Time limit of a request, in ms. Default 10,000. */
  readonly requestTimeoutMs?: number;
  /** Bytes that the outbox of the handle may keep in memory. Default 256 MiB. */
  readonly outboxMaxBytes?: number;
}

/** A message that the fake broker has received; one that was written several times is there several times. */
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

/** A broker that plays a diagram, with the messages that it has received. */
export class FakeBroker extends BrokerHandle<FakeDriver> {
  /** The written messages, in order. */
  get messages(): readonly FakeMessage[] {
    return this.driver().messages;
  }

  /** All requests, with their times and their numbers of messages. */
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
 * A fake broker for `publish`, with the real outbox, order, retries and limits.
 *
 * @example
 * ```ts
 * marbles(({ expectObservable }) => {
 *   const broker = fakeBroker({ latencyMs: 2, down: '-----d 2s u' });
 *   expectObservable(messages$.pipe(publish(broker, { topic: 'video' }))).toBe('…');
 * });
 * ```
 * @throws InvalidOption for a wrong option, or an unknown letter
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

  /** A request fails if the broker goes down before the answer. */
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
      return { ok: false, tooLarge: true, error: new MessageTooLarge(`fake: ${length} bytes, at most ${tooLargeBytes} are allowed`) };
    }
    const error = refuse?.(message);
    return error === undefined ? { ok: true } : { ok: false, error };
  }
}

function refused(reason: string): SendOutcome {
  return { ok: false, error: new BrokerUnavailable(`fake: ${reason}`) };
}
