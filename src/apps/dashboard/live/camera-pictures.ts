/** The pictures of one camera for viewers: from the values of its pipeline, without a second session on the camera. */
import { type Subscription } from 'rxjs';
import type { CameraHub } from '../../../camera/index.js';
import { mono } from '../../../core/clock.js';
import { DASHBOARD } from '../../../core/defaults/monitoring.js';
import type { EncodedFrame, Frame } from '../../../core/frame/frame.js';
import { accessUnits } from '../../../ffmpeg/index.js';
import { codecString } from './codec-string.js';
import { type Jpeg, Jpegs } from './jpegs.js';
import { type SlotRequest, type Slots } from './decoder-slots.js';
import type { Viewer } from './viewer.js';
import type { Decodes, Wish } from '../page-data.js';

type Value = Frame | EncodedFrame;
const NAMES = { h264: 'H.264', h265: 'H.265', jpeg: 'JPEG' } as const;

export class CameraPictures implements SlotRequest {
  readonly #viewers = new Set<Viewer>();
  #tap: Subscription | undefined;
  #jpegs: Jpegs | undefined;
  #last: Jpeg | undefined;
  /** The codec's name for the browser, from the last keyframe. */
  #codecString: string | undefined;
  #kind: 'raw' | 'encoded' = 'encoded';
  #nextCardAt = 0;

  constructor(readonly id: string, readonly hub: CameraHub, readonly slots: Slots) {}

  get isWatched(): boolean { return this.#viewers.size > 0; }
  /** Whether a viewer needs the live view as JPEG. */
  isLive = false;

  watch(viewer: Viewer): void {
    this.#viewers.add(viewer);
    if (this.#last !== undefined) this.#show(viewer, this.#last);
    this.#tap ??= this.hub.values$.subscribe((value) => { this.#value(value); });
    this.#demand(undefined);
  }

  leave(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    this.#demand(undefined);
    if (this.isWatched) return;
    this.#tap?.unsubscribe();
    this.#tap = undefined;
    this.slots.release(this);
  }

  granted(): void {
    this.#start();
  }

  revoked(): void {
    this.#jpegs?.stop();
    this.#jpegs = undefined;
  }

  #value(value: Value): void {
    if ('codec' in value && (value.unchanged !== undefined || value.data.length === 0)) return;
    const codec = 'codec' in value && value.codec !== 'jpeg' ? value.codec : undefined;
    this.#demand(value);
    if (codec !== undefined) this.#units(value as EncodedFrame, codec);
    if ('codec' in value && value.codec === 'jpeg') this.#emit({ at: value.capturedAt, width: value.width, height: value.height, data: value.data });
    else if (this.#jpegs !== undefined && (this.isLive || mono() >= this.#nextCardAt)) this.#jpegs.push(value);
  }

  /** Starts or stops the decoder as viewers request, and selects its size. */
  #demand(value: Value | undefined): void {
    if (value !== undefined) this.#kind = 'codec' in value ? 'encoded' : 'raw';
    const isJpeg = value !== undefined && 'codec' in value && value.codec === 'jpeg';
    const codec = value !== undefined && 'codec' in value && value.codec !== 'jpeg' ? value.codec : undefined;
    if (value !== undefined) for (const viewer of this.#viewers) if (viewer.wishes.get(this.id) === 'live') this.#explain(viewer, value);
    const isLive = [...this.#viewers].some((viewer) => viewer.wishes.get(this.id) === 'live' && (codec === undefined || !viewer.decodes.has(codec)));
    const isWanted = this.isWatched && !isJpeg && (isLive || [...this.#viewers].some((viewer) => viewer.wishes.get(this.id) === 'card'));
    // Without a value, the input of the decoder is unknown.
    if (value === undefined) return;
    const isChanged = isLive !== this.isLive;
    this.isLive = isLive;
    if (!isWanted) this.slots.release(this);
    else if (!this.slots.has(this)) this.slots.claim(this);
    else if (isChanged || this.#jpegs === undefined) this.#start();
  }

  #start(): void {
    this.#jpegs?.stop();
    const wish: Wish = this.isLive ? 'live' : 'card';
    const jpegs: Jpegs = new Jpegs(wish, this.#kind, (jpeg) => { this.#emit(jpeg); }, () => {
      // The next value starts another.
      if (this.#jpegs === jpegs) this.#jpegs = undefined;
    });
    this.#jpegs = jpegs;
  }

  #emit(jpeg: Jpeg): void {
    const isCardDue = mono() >= this.#nextCardAt;
    if (isCardDue) this.#nextCardAt = mono() + DASHBOARD.cardMs * 0.9;
    this.#last = jpeg;
    for (const viewer of this.#viewers) if (isCardDue || viewer.wishes.get(this.id) === 'live') this.#show(viewer, jpeg);
    this.slots.served(this);
  }

  #show(viewer: Viewer, { at, width, height, data }: Jpeg): void {
    viewer.picture({ type: 'picture', id: this.id, at, width, height }, data);
  }

  /** Sends access units to viewers whose browsers decode them. */
  #units(value: EncodedFrame, codec: Decodes): void {
    const viewers = [...this.#viewers].filter((viewer) => viewer.wishes.get(this.id) === 'live' && viewer.decodes.has(codec));
    if (viewers.length === 0) return;
    const units = value.frames === 1 ? [value.data] : accessUnits(value.data, codec);
    for (const [index, data] of units.entries()) {
      const key = index === 0 && value.keyframe;
      if (key) this.#codecString = codecString(data, codec);
      if (this.#codecString === undefined) continue;
      const { pts = value.pts + index, capturedAt = value.capturedAt } = value.pictures?.[index] ?? {};
      const head = { type: 'unit', id: this.id, at: capturedAt, pts, key, codec: this.#codecString, width: value.width, height: value.height } as const;
      for (const viewer of viewers) viewer.unit(head, data);
    }
  }

  /** Informs a viewer of the form of the pictures, and the reason. */
  #explain(viewer: Viewer, value: Value): void {
    const { id } = this;
    if (!('codec' in value)) {
      viewer.explain({ type: 'how', id, how: 'jpeg', why: 'The pipeline emits raw pictures here: rxcam encodes them as JPEG with one ffmpeg while a page shows them.' });
    } else if (value.codec === 'jpeg') viewer.explain({ type: 'how', id, how: 'jpeg', why: 'The pipeline emits JPEG: shown unchanged.' });
    else if (viewer.decodes.has(value.codec)) {
      const whose = value.encoder === 'copy' ? "The camera's own" : "The pipeline's own";
      viewer.explain({ type: 'how', id, how: value.codec, why: `${whose} ${NAMES[value.codec]}, decoded by this browser.` });
    } else {
      viewer.explain({ type: 'how', id, how: 'jpeg', why: `This browser does not decode ${NAMES[value.codec]}: rxcam converts it to JPEG with one ffmpeg while a page shows it.` });
    }
  }
}
