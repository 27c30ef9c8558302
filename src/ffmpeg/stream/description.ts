/** Parses ffmpeg's description of an input: its duration and each video stream. */
import { describedRate } from './frame-rate.js';

/** The properties of a video stream that ffmpeg states; absent if it does not state one. */
export interface StreamFact {
  readonly codec: string;
  readonly pixelFormat?: string;
  readonly width?: number;
  readonly height?: number;
  readonly fps?: number;
  /** ffmpeg's guess of the frame rate, if none is stated. */
  readonly guessedFps?: number;
  /** Width of a pixel by its height, e.g. `16:11`; absent for square ones and if not stated. */
  readonly sampleAspectRatio?: string;
  /** Whether a picture is two fields; absent if not stated. */
  readonly interlaced?: boolean;
  /** Degrees clockwise, by the display matrix; 0 for a matrix that only mirrors. */
  readonly rotation?: number;
  readonly colorRange?: string;
  readonly colorSpace?: string;
  readonly colorPrimaries?: string;
  readonly colorTransfer?: string;
}

/** Parses the lines of a description: the indented ones after `Input #0`. */
export class InputDescription {
  /** By number, because ffmpeg lists streams by programme, and lists a stream of two programmes twice. */
  readonly #streams = new Map<number, StreamFact>();
  /** Number of the video stream to which the next lines belong. */
  #current: number | undefined;

  /** The video streams, in order of their numbers. */
  get streams(): readonly StreamFact[] {
    return [...this.#streams].sort(([a], [b]) => a - b).map(([, stream]) => stream);
  }

  /** Parses a line. Returns the duration of the input in seconds if the line states it. */
  line(message: string): number | undefined {
    const duration = /^\s*Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)/.exec(message);
    if (duration !== null) return Number(duration[1]) * 3600 + Number(duration[2]) * 60 + Number(duration[3]);
    const [, number, kind, text = ''] = /^\s*Stream #0:(\d+).*?: (\w+)(?:: (.*))?$/.exec(message) ?? [];
    if (number !== undefined) {
      this.#current = kind === 'Video' && !isCover(text) ? Number(number) : undefined;
      if (this.#current !== undefined) this.#streams.set(this.#current, parseVideo(text));
      return undefined;
    }
    const rotation = /^\s*displaymatrix: rotation of (-?[\d.]+|-?nan) degrees/.exec(message)?.[1];
    const stream = this.#current === undefined ? undefined : this.#streams.get(this.#current);
    if (rotation !== undefined && this.#current !== undefined && stream !== undefined) {
      this.#streams.set(this.#current, { ...stream, rotation: clockwise(Number(rotation)) });
    }
    return undefined;
  }
}

/** Whether a stream is a cover picture of audio. ffmpeg of 2018 does not state that, but lists it with a special time base and no rate. */
function isCover(text: string): boolean {
  return text.endsWith('(attached pic)') || (/^(?:mjpeg|png|bmp|gif|webp)\b/.test(text) && text.endsWith(', 90k tbr, 90k tbn, 90k tbc'));
}

/** Degrees clockwise, 0 to 359: ffmpeg states them counterclockwise. */
function clockwise(degrees: number): number {
  return Number.isNaN(degrees) ? 0 : ((Math.round(-degrees) % 360) + 360) % 360;
}

/** A pixel format, recognised by the start of its name, and the text in parentheses after it. */
const FORMAT = new RegExp(
  String.raw`, ((?:yuv|gray|rgb|bgr|nv|p0|gbr|rgba|bgra|argb|abgr|uyvy|pal|mono|ya|xyz|bayer|0rgb|0bgr|x2)\w*)`
  + String.raw`(?:\(([^)]*(?:\(swapped\)[^)]*)?)\))?`,
);

/** `h264 (High), yuv420p(tv, bt709, progressive), 640x360 [SAR 1:1 DAR 16:9], 897 kb/s, 25 fps, …` */
function parseVideo(text: string): StreamFact {
  const codec = /^[\w-]+/.exec(text)?.[0] ?? '';
  const size = /(?:^|[, ])(\d{1,5})x(\d{1,5})(?=[, [(]|$)/.exec(text);
  const format = FORMAT.exec(text);
  // The last one applies: that of the container follows that of the codec.
  const aspectRatio = [...text.matchAll(/\bSAR (\d+:\d+) DAR/g)].at(-1)?.[1];
  const interlaced = isInterlaced(codec, format?.[2]);
  return {
    codec,
    ...(size && { width: Number(size[1]), height: Number(size[2]) }),
    ...describedRate(text),
    ...(format?.[1] !== undefined && { pixelFormat: format[1] }),
    ...(aspectRatio !== undefined && !/^(?:0:|(\d+):\1$)/.test(aspectRatio) && { sampleAspectRatio: aspectRatio }),
    ...(interlaced !== undefined && { interlaced }),
    ...colours(format?.[2]),
  };
}

/** By `top first`, `bottom first`, `top coded first (swapped)` or `progressive`. For DV nothing is stated, but each picture is two fields. */
function isInterlaced(codec: string, text: string | undefined): boolean | undefined {
  if (text !== undefined && /\b(?:top|bottom) (?:coded )?first/.test(text)) return true;
  return codec === 'dvvideo' ? true : text?.includes('progressive') === true ? false : undefined;
}

/** `tv, bt709, progressive` or `tv, bt470bg/bt709/smpte170m`: one name for all, or space/primaries/transfer. */
function colours(text: string | undefined): Partial<StreamFact> {
  const words = text?.split(', ') ?? [];
  const range = words.find((word) => word === 'tv' || word === 'pc');
  const names = words.find((word) => /^(?:bt|smpte|fcc|ycgco|gbr|film|unknown)[\w/-]*$/.test(word));
  const [space, primaries = space, transfer = space] = names?.split('/') ?? [];
  return {
    ...(range && { colorRange: range }),
    ...(space && { colorSpace: space }), ...(primaries && { colorPrimaries: primaries }), ...(transfer && { colorTransfer: transfer }),
  };
}
