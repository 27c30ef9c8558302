/** The last 24 hours of a camera: when it was up, down or off, and what happened, in lists of bounded length. */
import { ADVICE } from '../../../core/errors/advice.js';
import { type ErrorCode, isRxcamError } from '../../../core/errors/errors.js';
import type { CameraEvent } from '../../../core/events.js';
import { plainText } from './text.js';
import type { EventWire, SpanWire, TroubleText } from '../wire.js';

const DAY_MS = 24 * 3_600_000;
/** A camera that comes and goes every minute and a half for a day. */
const MAX_SPANS = 1_000;
const MAX_EVENTS = 300;

type Turn = Exclude<CameraEvent, { frames: number }>;

export class History {
  readonly #spans: SpanWire[];
  readonly #events: EventWire[] = [];
  /** Rises with every change. */
  version = 0;
  /** Of the failure that is not over, or of the last one. */
  failure: TroubleText | undefined;
  /** When the source was opened last: its pictures began to come then. */
  openedAt: number | undefined;

  constructor(at: number, status: SpanWire['status']) {
    this.#spans = [{ from: at, status }];
  }

  get status(): SpanWire['status'] { return this.#last.status; }
  /** Since when it is up, down or off. */
  get since(): number { return this.#last.from; }
  get #last(): SpanWire { return this.#spans.at(-1) as SpanWire; }

  /** Something has happened to the camera. */
  add(event: Turn): void {
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
        // A step after the camera failed: nothing else says so.
        if (isRxcamError(event.error) && this.#events.at(-1)?.code !== event.error.code) this.#note(at, 'Failed', event.error.message, event.error.code);
        this.become(at, 'down', isRxcamError(event.error) ? event.error.code : undefined);
        break;
      }
      case 'recovered':
        this.become(at, 'up');
        this.#note(at, 'Recovered', `after ${Math.round(event.downtimeMs / 1_000)} s without pictures`);
        break;
      case 'changed': this.#note(at, 'Changed', `the source gives ${event.width}x${event.height}`); break;
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

  /** The camera is up, down or off from now on. */
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

  /** The same again is counted, not listed: a camera that is away for a day fails some thousand times. */
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

/** What to do about a failure. */
export function adviceFor(code: string): string {
  return Object.hasOwn(ADVICE, code) ? ADVICE[code as ErrorCode] : '';
}
