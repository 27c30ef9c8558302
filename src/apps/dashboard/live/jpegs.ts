/** Converts a camera's values to JPEG with one ffmpeg, without delay: leaves out values that it can't accept, up to the next keyframe. */
import { type Observable, Subject, type Subscription, map, mergeMap, of } from 'rxjs';
import { decode, encodeJpeg, resize } from '../../../../operators/index.js';
import { FRAME_RECORDS } from '../../../core/frame/accounted.js';
import { DASHBOARD } from '../../../core/defaults/monitoring.js';
import type { EncodedFrame, Frame } from '../../../core/frame/frame.js';
import { accessUnits } from '../../../ffmpeg/index.js';
import type { Wish } from '../page-data.js';

/** A JPEG of a camera. */
export interface Jpeg { readonly at: number; readonly width: number; readonly height: number; readonly data: Buffer }

/** Maximum number of pictures inside the decoder. */
const MAX_INSIDE = 12;
type Value = Frame | EncodedFrame;

export class Jpegs {
  readonly #values = new Subject<Value>();
  readonly #work: Subscription;
  #inside = 0;
  #needsKey = true;

  /** @param emit - receives each picture; @param failed - called when the decoder has failed */
  constructor(readonly wish: Wish, kind: 'raw' | 'encoded', emit: (jpeg: Jpeg) => void, failed: () => void) {
    const width = wish === 'live' ? DASHBOARD.liveWidth : DASHBOARD.cardWidth;
    const jpegs$ = kind === 'raw' ? ofFrames(this.#values as Observable<Frame>, width) : this.#ofUnits(this.#values as Observable<EncodedFrame>, width);
    this.#work = jpegs$.subscribe({
      next: (jpeg) => {
        this.#inside = Math.max(0, this.#inside - 1);
        emit(jpeg);
      },
      error: failed,
    });
  }

  /** Accepts a value, or leaves it out. A card needs only keyframes. */
  push(value: Value): void {
    const isKey = !('codec' in value) || value.keyframe || value.mode === 'frame';
    if (this.#inside >= MAX_INSIDE) this.#needsKey = true;
    if (this.#inside >= MAX_INSIDE || (this.#needsKey && !isKey) || (this.wish === 'card' && !isKey)) return;
    this.#needsKey = false;
    const { [FRAME_RECORDS]: _, ...picture } = value;
    const one = this.wish === 'card' && 'codec' in picture ? firstOf(picture) : picture as Value;
    this.#inside += 'codec' in one ? one.frames : 1;
    this.#values.next(one);
  }

  stop(): void {
    this.#work.unsubscribe();
  }

  #ofUnits(units$: Observable<EncodedFrame>, width: number): Observable<Jpeg> {
    return units$.pipe(
      map(({ camera, codec, mode, keyframe, seq, pts, capturedAt, width: wide, height, rotation, hidden, pictures, data }) => ({
        topic: '', key: undefined, camera, codec, mode, keyframe, inputOrder: undefined, seq, pts, capturedAt, timestamp: capturedAt, width: wide, height,
        rotation, hidden, pictures, data,
      })),
      decode({
        pixelFormat: 'jpeg', quality: DASHBOARD.quality, size: { width },
        onUndecoded: (_, count) => { this.#inside = Math.max(0, this.#inside - count); },
      }),
      map(({ capturedAt, width: wide, height, data }) => ({ at: capturedAt, width: wide, height, data })),
    );
  }
}

/** JPEGs of raw pictures, from a pipeline that does not encode, or encodes later. */
function ofFrames(frames$: Observable<Frame>, width: number): Observable<Jpeg> {
  return frames$.pipe(
    resize({ width }), encodeJpeg({ quality: DASHBOARD.quality }),
    mergeMap(({ capturedAt, width: wide, height, data }) => of({ at: capturedAt, width: wide, height, data })),
  );
}

/** The keyframe of a chunk. */
function firstOf(value: EncodedFrame): EncodedFrame {
  if (value.frames === 1 || value.codec === 'jpeg') return value;
  const [first] = accessUnits(value.data, value.codec);
  const { pictures: _, ...rest } = value;
  return { ...rest, frames: 1, data: first ?? value.data };
}
