/** The cameras that a recorder writes, for `rxcam health`: which of them are recorded now. */
import { mono } from '../../../core/clock.js';
import type { Recorded, StreamPlace } from '../../../consumer/index.js';
import type { CameraHealth } from '../health/index.js';

/** One camera: its open file, and the time of its last picture. */
interface RecordedCamera {
  readonly name: string;
  file: string | undefined;
  lastMono: number;
}

/** The expectations of a recorder. */
export interface RecordedOptions {
  /** The key or topic, named until the first picture has arrived; undefined in a consumer group, whose other members may receive it all. */
  readonly expected: string | undefined;
  /** ms without a picture after which a camera counts as silent. */
  readonly silentMs: number;
}

export class RecordedCameras {
  readonly #cameras = new Map<string, RecordedCamera>();

  constructor(readonly options: RecordedOptions) {}

  /** Called with each picture that can be written. */
  arrived(place: StreamPlace, now = mono()): void {
    this.#of(place, now).lastMono = now;
  }

  /** Called with each report of `record`. */
  reported(event: Recorded, now = mono()): void {
    if (event.type === 'opened') this.#of(event, now).file = event.file;
    if (event.type !== 'closed') return;
    const camera = this.#of(event, now);
    // The next file may have been opened already.
    if (camera.file === event.file) camera.file = undefined;
  }

  /**
   * `streaming`: its pictures arrive, and a file is open; `silent`: none has arrived for too long; `waiting`: without a file. In a
   * consumer group, a silent camera is left out: another recorder may have it now.
   */
  states(now = mono()): CameraHealth[] {
    const { expected, silentMs } = this.options;
    if (this.#cameras.size === 0) return expected === undefined ? [] : [{ camera: expected, state: 'waiting' }];
    const states = [...this.#cameras.values()].map(({ name, file, lastMono }) => {
      const state = now - lastMono > silentMs ? 'silent' : file === undefined ? 'waiting' : 'streaming';
      return { camera: name, state };
    });
    return expected === undefined ? states.filter(({ state }) => state !== 'silent') : states;
  }

  #of({ topic, key, camera }: StreamPlace, now: number): RecordedCamera {
    const id = [topic, key ?? '', camera].join('\0');
    const known = this.#cameras.get(id);
    if (known !== undefined) return known;
    const created = { name: key ?? camera, file: undefined, lastMono: now };
    this.#cameras.set(id, created);
    return created;
  }
}
