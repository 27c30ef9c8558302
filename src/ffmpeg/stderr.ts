/** What ffmpeg says on stderr, run with `-loglevel level+verbose`: lines of bounded length, and the facts in them. */
import { StringDecoder } from 'node:string_decoder';
import { PROCESS } from '../limits.js';
import { type PictureLine, pictureLine } from './unchanged.js';

/** A longer line is cut: a flood without line breaks costs no memory. */
const MAX_LINE = 4096;

/** One fact out of a line. */
export type StderrFact =
  /** The source answers (an RTSP server has sent its description). */
  | { readonly kind: 'connected' }
  /** The input's first video stream, before any filter. */
  | StreamFact
  | { readonly kind: 'no-video' }
  | { readonly kind: 'size-changed'; readonly width: number; readonly height: number; readonly pixelFormat?: string }
  /** The decoder rejected an access unit. */
  | { readonly kind: 'decode-error'; readonly message: string }
  | PictureLine
  | { readonly kind: 'duration'; readonly seconds: number }
  /** Any other line of level error, fatal or panic. */
  | { readonly kind: 'problem'; readonly message: string }
  | { readonly kind: 'other'; readonly level: string; readonly message: string };

export interface StreamFact {
  readonly kind: 'stream';
  readonly codec: string;
  readonly pixelFormat?: string;
  readonly width?: number;
  readonly height?: number;
  readonly fps?: number;
  readonly colorRange?: string;
  readonly colorSpace?: string;
  readonly colorPrimaries?: string;
  readonly colorTransfer?: string;
}

/** `[context @ 0x…] [level] message`, with any number of contexts; the last one counts. On Windows there is no `0x`. */
const LINE = new RegExp(
  String.raw`^(?:\[(?<context>[^\]]*) @ (?:0x)?[0-9a-f]+\] )*`
  + String.raw`\[(?<level>panic|fatal|error|warning|info|verbose|debug|trace)\] ?(?<message>.*)$`,
);
/** ffmpeg cuts a message at 1023 characters: a description that long may have more in it than is seen. */
const MAX_DESCRIPTION = 900;
/** ffmpeg up to 5 names the stream, later ones the decoder. */
const REJECTED = new RegExp('^(?:Error while decoding stream #|Error submitting packet to decoder'
  + '|Error submitting a packet to the muxer: Invalid data)');
/**
 * The first scaler of the graph says what comes in, when it changes: `w:1280 h:720 fmt:yuv420p sar:1/1 -> …`. (The buffer
 * filter before it names the size of every picture that differs from the first, and is silent when the first is back.)
 */
const SCALED = /^w:(\d+) h:(\d+) fmt:(\w+) sar:\S+ -> w:/;

export class StderrParser {
  readonly #decoder = new StringDecoder('utf8');
  readonly #tail: string[] = [];
  #rest = '';
  #part: 'before' | 'input' | 'after' = 'before';
  #hasVideo = false;
  /** Lines so far of an RTSP server's description, while it is read. */
  #description: string[] | undefined;
  /** The scaler that is listened to, and the picture that it saw last. */
  #scaler = '';
  #picture = '';

  /** The last lines, not redacted. */
  get tail(): readonly string[] {
    return this.#tail;
  }

  push(chunk: Buffer): StderrFact[] {
    const lines = (this.#rest + this.#decoder.write(chunk)).split(/[\r\n]+/);
    this.#rest = (lines.pop() ?? '').slice(0, MAX_LINE);
    return lines.flatMap((line) => this.#line(line.slice(0, MAX_LINE)));
  }

  end(): StderrFact[] {
    const last = this.#rest + this.#decoder.end();
    this.#rest = '';
    return this.#line(last);
  }

  #line(line: string): StderrFact[] {
    if (line.trim() === '') return [];
    const picture = pictureLine(line);
    if (picture !== undefined) return [picture];
    this.#tail.push(line);
    if (this.#tail.length > PROCESS.stderrLines) this.#tail.shift();
    const found = LINE.exec(line)?.groups;
    if (found === undefined) this.#description?.push(line);
    const { level = 'info', message = line, context = '' } = found ?? {};
    return [...(found === undefined ? [] : this.#described()), this.#fact(level, message, context)];
  }

  /** The description ends with the next message; with no video in it, there is nothing to set up. */
  #described(): StderrFact[] {
    const lines = this.#description ?? [];
    this.#description = undefined;
    const hasVideo = lines.some((line) => line.startsWith('m=video'));
    return lines.length === 0 || hasVideo || lines.join('\n').length > MAX_DESCRIPTION ? [] : [{ kind: 'no-video' }];
  }

  #fact(level: string, message: string, context: string): StderrFact {
    const other: StderrFact = { kind: 'other', level, message };
    if (message.startsWith('Input #0, ')) this.#part = 'input';
    else if (/^(Stream mapping|Output #)/.test(message)) this.#part = 'after';
    if (context === 'rtsp' && message.startsWith('SDP:')) {
      this.#description = [];
      return { kind: 'connected' };
    }
    if (/matches no streams\.?$/.test(message)) return this.#hasVideo ? { kind: 'problem', message } : { kind: 'no-video' };
    if (REJECTED.test(message)) return { kind: 'decode-error', message };
    return this.#inputFact(message) ?? this.#changed(message, context)
      ?? (['error', 'fatal', 'panic'].includes(level) ? { kind: 'problem', message } : other);
  }

  #inputFact(message: string): StderrFact | undefined {
    if (this.#part !== 'input') return undefined;
    const duration = /^\s*Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)/.exec(message);
    if (duration !== null) return { kind: 'duration', seconds: Number(duration[1]) * 3600 + Number(duration[2]) * 60 + Number(duration[3]) };
    const video = /^\s*Stream #0:\d+.*?: Video: (.*)$/.exec(message)?.[1];
    if (video === undefined || this.#hasVideo) return undefined;
    this.#hasVideo = true;
    return parseVideo(video);
  }

  /** The scaler repeats what it had when it starts anew; only what differs is a change. */
  #changed(message: string, context: string): StderrFact | undefined {
    const [, width, height, pixelFormat] = (context.startsWith('Parsed_scale') ? SCALED.exec(message) : null) ?? [];
    this.#scaler ||= width === undefined ? '' : context;
    if (width === undefined || pixelFormat === undefined || context !== this.#scaler) return undefined;
    const before = this.#picture;
    this.#picture = `${width}x${height ?? ''} ${pixelFormat}`;
    if (before === '' || before === this.#picture) return undefined;
    return { kind: 'size-changed', width: Number(width), height: Number(height), pixelFormat };
  }
}

/** A pixel format, known by how its name begins, and what is in brackets behind it. */
const FORMAT = new RegExp(
  String.raw`, ((?:yuv|gray|rgb|bgr|nv|p0|gbr|rgba|bgra|argb|abgr|uyvy|pal|mono|ya|xyz|bayer|0rgb|0bgr|x2)\w*)`
  + String.raw`(?:\(([^)]*)\))?`,
);

/** `h264 (High), yuv420p(tv, bt709, progressive), 640x360 [SAR 1:1 DAR 16:9], 897 kb/s, 25 fps, …` */
function parseVideo(text: string): StreamFact {
  const codec = /^[\w-]+/.exec(text)?.[0] ?? '';
  const size = /(?:^|[, ])(\d{1,5})x(\d{1,5})(?=[, [(]|$)/.exec(text);
  const fps = /, ([\d.]+)(k?) fps/.exec(text) ?? /, ([\d.]+)(k?) tbr/.exec(text);
  const format = FORMAT.exec(text);
  return {
    kind: 'stream',
    codec,
    ...(size && { width: Number(size[1]), height: Number(size[2]) }),
    ...(fps && { fps: Number(fps[1]) * (fps[2] === 'k' ? 1000 : 1) }),
    ...(format?.[1] !== undefined && { pixelFormat: format[1] }),
    ...colours(format?.[2]),
  };
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
