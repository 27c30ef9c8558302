/** The last 24 hours of a camera: times up, down and off, and events, in lists of bounded length. */
import { ADVICE } from '../../../core/errors/advice.js';
import { type ErrorCode, isRxcamError } from '../../../core/errors/errors.js';
import type { CameraEvent } from '../../../core/events.js';
import { plainText } from './plain-text.js';
import type { EventWire, SpanWire, TroubleText } from '../page-data.js';

const DAY_MS = 24 * 3_600_000;
/** Maximum number of spans: enough for a camera that changes every 90 s for a day. */
const MAX_SPANS = 1_000;
const MAX_EVENTS = 300;

type StateEvent = Exclude<CameraEvent, { frames: number }>;

export class History {
  readonly #spans: SpanWire[];
  readonly #events: EventWire[] = [];
  /** Increases with every change. */
  version = 0;
  /** The current or last failure. */
  failure: TroubleText | undefined;
  /** Time at which the source was last opened, in ms since 1970. */
  openedAt: number | undefined;

  constructor(at: number, status: SpanWire['status']) {
    this.#spans = [{ from: at, status }];
  }

  get status(): SpanWire['status'] { return this.#last.status; }

  /** Start of the current condition: an outage continues if its reason changes. */
  get since(): number {
    const other = this.#spans.findLastIndex(({ status }) => status !== this.status);
    return this.#spans[other + 1]?.from ?? this.#last.from;
  }

  get #last(): SpanWire { return this.#spans.at(-1) as SpanWire; }

  /** Adds an event of the camera. */
  add(event: StateEvent): void {
    const { at } = event;
    switch (event.type) {
      case 'opened': {
        this.openedAt = at;
        const { codec, width, height, fps } = event.source;
        const size = width === undefined || height === undefined ? '' : `, ${width}x${height}`;
        this.#note(at, 'Connected', `${codec ?? 'video'}${size}${fps === undefined ? '' : `, ${Number(fps.toFixed(2))} fps`}`);
        break;
      }
      case 'failed': {
        const { code, message } = event.error;
        this.failure = { code, message: plainText(message), advice: adviceFor(code), at };
        this.become(at, 'down', code);
        this.#note(at, 'Failed', message, code);
        break;
      }
      case 'retrying': {
        // A later step failed, for which there is no other event.
        if (isRxcamError(event.error) && this.#events.at(-1)?.code !== event.error.code) this.#note(at, 'Failed', event.error.message, event.error.code);
        this.become(at, 'down', isRxcamError(event.error) ? event.error.code : undefined);
        break;
      }
      case 'recovered':
        this.become(at, 'up');
        this.#note(at, 'Recovered', `after ${Math.round(event.downtimeMs / 1_000)} s without pictures`);
        break;
      case 'changed': this.#note(at, 'Changed', `the source sends ${event.width}x${event.height}`); break;
      case 'encoder': this.#note(at, 'Encoder', `${event.encoder}${event.hardware ? ' in hardware' : ''}: ${event.reason}`); break;
      case 'readFailure': this.#note(at, 'Read failure', event.reason); break;
      case 'warning': this.#note(at, 'Warning', event.message); break;
      case 'reset': this.#note(at, 'Counts reset', ''); break;
      case 'stopped':
        this.become(at, 'off');
        this.#note(at, 'Stopped', event.reason === 'completed' ? 'the source has ended' : 'it was stopped');
        break;
      default:
    }
  }

  /** Starts a condition. */
  become(at: number, status: SpanWire['status'], code?: string): void {
    if (status === this.#last.status && (status !== 'down' || code === undefined || code === this.#last.code)) return;
    this.version++;
    this.#spans.push({ from: at, status, ...(code !== undefined && { code }) });
    const cut = this.#spans.findLastIndex(({ from }) => from < at - DAY_MS);
    this.#spans.splice(0, Math.max(cut, this.#spans.length - MAX_SPANS, 0));
  }

  spans(now: number): readonly SpanWire[] {
    const first = this.#spans.findLastIndex(({ from }) => from < now - DAY_MS);
    return this.#spans.slice(Math.max(0, first));
  }

  /** The newest first. */
  events(now: number): readonly EventWire[] {
    return this.#events.filter(({ lastAt }) => lastAt >= now - DAY_MS).reverse();
  }

  /** Counts a repeated event rather than listing it: a camera that is away for a day fails some thousand times. */
  #note(at: number, what: string, text: string, code?: string): void {
    this.version++;
    const plain = plainText(text);
    const recent = this.#events.slice(-3).findLast((one) => one.what === what && one.text === plain);
    if (recent !== undefined) {
      this.#events.splice(this.#events.indexOf(recent), 1);
      this.#events.push({ ...recent, lastAt: at, times: recent.times + 1 });
      return;
    }
    this.#events.push({ at, lastAt: at, times: 1, what, text: plain, ...(code !== undefined && { code, advice: adviceFor(code) }) });
    this.#events.splice(0, this.#events.length - MAX_EVENTS);
  }
}

/** The remedy for a failure. */
export function adviceFor(code: string): string {
  return Object.hasOwn(ADVICE, code) ? ADVICE[code as ErrorCode] : '';
}
