/** Diagrams of `fakeTopic`: the messages and states of a topic. */
import { createHash } from 'node:crypto';
import { InvalidOption } from '../../src/core/errors/errors.js';
import type { Codec, EncodeMode } from '../../src/core/frame/frame.js';
import { PlainHeaders, Received } from '../../src/message/index.js';
import { parseDiagram } from './scheduler.js';

/** Properties of a letter's message that differ from the default. */
export interface FakeReceived {
  readonly key?: string;
  readonly value?: Buffer | string;
  readonly mode?: EncodeMode;
  readonly keyframe?: boolean;
  readonly codec?: Codec;
  /** Additional headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A message or a state of the topic; `at` is in ms from its beginning. */
export interface TopicAction {
  readonly at: number;
  readonly message?: Received;
  readonly state?: 'down' | 'up' | 'end';
}

/** Words in parentheses, each one column long; groups of letters are RxJS's. */
const WORDS = ['gap', 'dropped', 'expired', 'torn', 'repeated', 'restart', 'down', 'up'] as const;
type Word = (typeof WORDS)[number];
/** Private-use characters represent the words while RxJS parses the diagram. */
const FIRST_MARK = 0xe000;

/** @throws InvalidOption */
export function readTopicScript(diagram: string, topic: string, values: Readonly<Record<string, FakeReceived>>): TopicAction[] {
  const marked = diagram.replace(/\(([a-z]+)\)/g, (whole, word: Word) => {
    const index = WORDS.indexOf(word);
    return index < 0 ? whole : String.fromCharCode(FIRST_MARK + index).padEnd(whole.length, '-');
  });
  const sender = new FakeSender(topic, values);
  return parseDiagram(marked).flatMap(({ frame, notification }) => {
    if (notification.kind === 'C') return [{ at: frame, state: 'end' as const }];
    if (notification.kind === 'E') throw new InvalidOption(`fakeTopic: '#' in '${diagram}' given; allowed: letters, | and (${WORDS.join(') (')})`);
    const letter = notification.value as string;
    return sender.play(WORDS[letter.charCodeAt(0) - FIRST_MARK] ?? letter, frame);
  });
}

/** Numbers messages as `publish` does. */
class FakeSender {
  #run = 1;
  #order = 0;
  #previous = 0;
  #offset = 0;
  #expired = 0;
  #isTorn = false;
  #last: Received | undefined;

  constructor(readonly topic: string, readonly values: Readonly<Record<string, FakeReceived>>) {}

  play(what: string, at: number): TopicAction[] {
    switch (what) {
      case 'gap': this.#previous = ++this.#order; return [];
      case 'dropped': this.#order++; return [];
      case 'expired':
        this.#previous = ++this.#order;
        this.#expired++;
        this.#offset++;
        return [];
      case 'torn': this.#isTorn = true; return [];
      case 'restart':
        this.#run++;
        this.#order = 0;
        this.#previous = 0;
        return [];
      case 'down': case 'up': return [{ at, state: what }];
      case 'repeated': return this.#last === undefined ? [] : [{ at, message: this.#last }];
      default: return [{ at, message: this.#last = this.#message(what, at) }];
    }
  }

  #message(letter: string, at: number): Received {
    const { key = 'camera_1', value = letter, mode = 'frame', keyframe = true, codec = 'h265', headers = {} } = this.values[letter] ?? {};
    const bytes = Buffer.from(value);
    const order = ++this.#order;
    const all = {
      ce_specversion: '1.0', ce_id: `${key}/run${this.#run}/${order}`, ce_key: key, ce_time: new Date(at).toISOString(), ce_seq: String(order),
      ce_inputorder: String(order), ce_previousorder: String(this.#previous), ce_pts: String(at * 1_000), ce_mode: mode,
      ce_keyframe: String(keyframe), ce_codec: codec, ce_sha256: createHash('sha256').update(bytes).digest('hex'), ...headers,
    };
    const expired = this.#expired === 0 ? undefined : this.#expired;
    const received = new Received({
      topic: this.topic, key, value: this.#isTorn ? bytes.subarray(0, -1) : bytes, headers: new PlainHeaders(all),
      offset: String(this.#offset++), timestamp: at, expired,
    });
    this.#previous = order;
    this.#expired = 0;
    this.#isTorn = false;
    return received;
  }
}
