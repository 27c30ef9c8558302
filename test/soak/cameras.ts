/** The cameras of the soak test: small ones of several kinds, each observed from its start to its end. */
import { type Observable, type Subscription, repeat } from 'rxjs';
import {
  type Broker, type Camera, type CameraConfig, type CameraEvent, type EncodedFrame, type Published,
  camera, encodeH265, publish, retry, skipRate, toMessage,
} from 'rxcam';
import { SoakConsumer } from './consumer.js';
import { ffmpegChildren, ledgerBalances, processArguments } from '../services/processes.js';

/** The sources of the cameras, and the brokers of their messages. */
export interface Surroundings {
  readonly rtspUrl: string;
  readonly file: string;
  readonly kafka: Broker;
  readonly redis: Broker;
  /** Handles of the consumers, which share no connection with the cameras. */
  readonly readers: { readonly kafka: Broker; readonly redis: Broker };
  /** Messages that the outbox of each camera holds. */
  readonly maxMessages: number;
}

/** Short, so that every camera fails and recovers several times a minute. */
const WAITS = { initialMs: 500, maxMs: 4_000, stableAfterMs: 5_000 };
const LIMITS: CameraConfig = { connectTimeoutMs: 8_000, firstFrameTimeoutMs: 15_000, readWindowMs: 700, maxReadFailures: 4 };
/** Each camera has a different crf, which identifies its ffmpeg in a process list. */
const FIRST_CRF = 25;
const TOPIC = 'soak';

type Kind = (typeof KINDS)[number];
const KINDS = ['rtsp', 'test', 'file', 'rtsp stream'] as const;

/** Creates cameras, of the four kinds in turn. */
export function makeCameras(count: number, surroundings: Surroundings): SoakCamera[] {
  return Array.from({ length: count }, (_, index) => {
    const kind = KINDS[index % KINDS.length] ?? 'rtsp';
    return new SoakCamera(kind, index, index % 2 === 0 ? 'kafka' : 'redis', surroundings);
  });
}

export class SoakCamera {
  readonly gate: Camera;
  readonly crf: number;
  readonly name: string;
  readonly consumer: SoakConsumer;
  /** Faults that must not happen, if any did. */
  readonly problems = new Set<string>();
  /** The highest number of ffmpeg processes of this camera at one time. */
  mostProcesses = 0;
  readonly failures = new Map<string, number>();
  readonly #published$: Observable<Published>;
  #subscription: Subscription | undefined;
  #lastOrder = 0;

  constructor(kind: Kind, index: number, to: 'kafka' | 'redis', { rtspUrl, file, maxMessages, readers, ...brokers }: Surroundings) {
    this.name = `${index + 1} ${kind} > ${to}`;
    this.crf = FIRST_CRF + index;
    this.gate = camera(addressOf(kind, rtspUrl, file), { ...LIMITS, key: `camera_${index + 1}`, ...(kind === 'file' && { pace: 'realtime' }) });
    this.gate.events$.subscribe((event) => { this.#watch(event); });
    const published$ = this.#encoded(kind).pipe(toMessage(), publish(brokers[to], { topic: TOPIC, outbox: { maxMessages } }), retry(WAITS));
    this.#published$ = kind === 'file' ? published$.pipe(repeat()) : published$;
    this.consumer = new SoakConsumer(readers[to], TOPIC, this.gate.key);
  }

  start(): void {
    this.#subscription ??= this.#published$.subscribe({
      error: (error: unknown) => { this.problems.add(`ended with ${String(error)}`); },
      complete: () => { this.problems.add('completed'); },
    });
  }

  stop(): void {
    this.#subscription?.unsubscribe();
    this.#subscription = undefined;
  }

  /** The pids of its running ffmpeg processes. */
  processes(): number[] {
    const own = ffmpegChildren().filter((pid) => {
      const list = processArguments(pid);
      return list[list.indexOf('-crf:v') + 1] === String(this.crf);
    });
    this.mostProcesses = Math.max(this.mostProcesses, own.length);
    return own;
  }

  get isBalanced(): boolean {
    try {
      ledgerBalances(this.gate.stats);
      return true;
    } catch (error) {
      this.problems.add(String(error));
      return false;
    }
  }

  #encoded(kind: Kind): Observable<EncodedFrame> {
    if (kind === 'rtsp stream') return this.gate.pipe(encodeH265({ mode: 'stream', gop: 10, crf: this.crf }));
    return this.gate.pipe(skipRate(kind === 'test' ? { fps: 3 } : 1), encodeH265({ mode: 'frame', crf: this.crf }));
  }

  #watch(event: CameraEvent): void {
    void this.isBalanced;
    if (event.type === 'published') this.#ordered(event.inputOrder);
    if (event.type === 'opened' || event.type === 'connecting') this.processes();
    if (event.type === 'failed') this.failures.set(event.error.code, (this.failures.get(event.error.code) ?? 0) + 1);
  }

  #ordered(inputOrder: number): void {
    if (inputOrder <= this.#lastOrder) this.problems.add(`message ${inputOrder} was acknowledged after ${this.#lastOrder}`);
    this.#lastOrder = inputOrder;
  }
}

function addressOf(kind: Kind, rtspUrl: string, file: string): string {
  return kind === 'test' ? 'test:?size=160x90&fps=5' : kind === 'file' ? file : rtspUrl;
}
