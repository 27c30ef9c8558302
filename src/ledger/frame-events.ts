/** Creates the events of pictures, each as one object with a fixed shape. */
import { wall } from '../core/clock.js';
import type { RxcamError } from '../core/errors/errors.js';
import type { CameraEvent, DropCause, Encoded, Place } from '../core/events.js';
import type { Published } from '../core/frame/frame.js';

/** Facts about an access unit in an `encoded` event. */
export type EncodedFacts = Pick<Encoded, 'codec' | 'bytes' | 'keyframe' | 'width' | 'height'>;

/** Reports what happens to pictures of one run. In each method: `frames` pictures, the first of which is `seq`. */
export class FrameEvents {
  constructor(readonly camera: string, readonly run: number, readonly emit: (event: CameraEvent) => void) {}

  captured(seq: number, pts: number, to: Place, readMs: number | undefined): void {
    const { camera, run } = this;
    if (readMs === undefined) this.emit({ camera, run, at: wall(), type: 'captured', seq, frames: 1, pts, to });
    else this.emit({ camera, run, at: wall(), type: 'captured', seq, frames: 1, pts, to, readMs });
  }

  skipped(seq: number, frames: number, from: Place, reason: 'rate' | 'unchanged'): void {
    this.emit({ camera: this.camera, run: this.run, at: wall(), type: 'skipped', seq, frames, from, reason });
  }

  unchanged(seq: number, frames: number, from: Place, to: Place): void {
    this.emit({ camera: this.camera, run: this.run, at: wall(), type: 'unchanged', seq, frames, from, to });
  }

  encoded(seq: number, frames: number, from: Place, to: Place, facts: EncodedFacts, processMs: number): void {
    const { codec, bytes, keyframe, width, height } = facts;
    this.emit({
      camera: this.camera, run: this.run, at: wall(), type: 'encoded', seq, frames, from, processMs, codec, bytes, keyframe, width, height, to,
    });
  }

  moved(seq: number, frames: number, from: Place, to: Place): void {
    this.emit({ camera: this.camera, run: this.run, at: wall(), type: 'moved', seq, frames, from, to });
  }

  delivered(seq: number, frames: number, from: Place, isReference: boolean): void {
    const event = { camera: this.camera, run: this.run, at: wall(), type: 'delivered', seq, frames, from } as const;
    this.emit(isReference ? { ...event, reference: true } : event);
  }

  returned(seq: number, frames: number, to: Place, uncounted: boolean, isReference: boolean): void {
    const event = { camera: this.camera, run: this.run, at: wall(), type: 'returned', seq, frames, to, uncounted } as const;
    this.emit(isReference ? { ...event, reference: true } : event);
  }

  duplicate(seq: number, frames: number): void {
    this.emit({ camera: this.camera, run: this.run, at: wall(), type: 'duplicate', seq, frames });
  }

  dropped(seq: number, frames: number, from: Place, cause: DropCause, error: RxcamError | undefined): void {
    const event = { camera: this.camera, run: this.run, at: wall(), type: 'dropped', seq, frames, from, cause } as const;
    this.emit(error === undefined ? event : { ...event, error });
  }

  published(seq: number, frames: number, from: Place, ack: Published, latencyMs: number, isReference: boolean): void {
    const { inputOrder, topic, key, bytes, writeMs } = ack;
    const event = {
      camera: this.camera, run: this.run, at: wall(), type: 'published', seq, frames, from, inputOrder, topic, key, bytes, writeMs, latencyMs,
    } as const;
    this.emit(isReference ? { ...event, reference: true } : event);
  }
}
