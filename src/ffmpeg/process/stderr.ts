/** Parses ffmpeg's stderr at `-loglevel level+verbose`: splits it into lines of limited length, and reads facts from them. */
import { StringDecoder } from 'node:string_decoder';
import { PROCESS } from '../../core/defaults/limits.js';
import { InputDescription, type StreamFact } from '../stream/index.js';
import { type PictureLine, pictureLine } from '../command/index.js';

/** A longer line is cut, so that output without line breaks costs no memory. */
const MAX_LINE = 4096;

/** A fact that a line states. */
export type StderrFact =
  /** The source has answered (an RTSP server has sent its description). */
  | { readonly kind: 'connected' }
  /** The input's video streams, before any filter, without cover pictures of audio. Emitted at the end of the description. */
  | { readonly kind: 'streams'; readonly streams: readonly StreamFact[] }
  | { readonly kind: 'no-video' }
  | { readonly kind: 'size-changed'; readonly width: number; readonly height: number; readonly pixelFormat?: string }
  /** The decoder rejected an access unit. */
  | { readonly kind: 'decode-error'; readonly message: string }
  | PictureLine
  | { readonly kind: 'duration'; readonly seconds: number }
  /** Any other line of level error, fatal or panic. */
  | { readonly kind: 'problem'; readonly message: string }
  | { readonly kind: 'other'; readonly level: string; readonly message: string };

/** `[context @ 0x…] [level] message`, with any number of contexts; the last one counts. On Windows there is no `0x`. */
const LINE = new RegExp(
  String.raw`^(?:\[(?<context>[^\]]*) @ (?:0x)?[0-9a-f]+\] )*`
  + String.raw`\[(?<level>panic|fatal|error|warning|info|verbose|debug|trace)\] ?(?<message>.*)$`,
);
/** ffmpeg cuts a message at 1023 characters: a description of that length may be incomplete. */
const MAX_DESCRIPTION = 900;
/** ffmpeg up to 5 names the stream, later ones the decoder. */
const REJECTED = new RegExp('^(?:Error while decoding stream #|Error submitting packet to decoder'
  + '|Error submitting a packet to the muxer: Invalid data)');
/**
 * When its input changes, the first scaler of the graph logs it: `w:1280 h:720 fmt:yuv420p sar:1/1 -> …`. (The buffer filter
 * before it logs the size of every picture that differs from the first, and nothing when the first size is back.)
 */
const SCALED = /^w:(\d+) h:(\d+) fmt:(\w+) sar:\S+ -> w:/;

export class StderrParser {
  readonly #decoder = new StringDecoder('utf8');
  readonly #tail: string[] = [];
  #rest = '';
  /** Set while the input is described. */
  #input: InputDescription | undefined;
  #hasVideo = false;
  /** Lines of an RTSP server's description so far, while it is read. */
  #description: string[] | undefined;
  /** The scaler whose lines are read, and its last input. */
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
    return [...this.#line(last), ...this.#read()];
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
    // A name that contains a line break: the rest of it is ignored.
    if (found === undefined && this.#input !== undefined) return [{ kind: 'other', level, message }];
    return [...(found === undefined ? [] : this.#described()), ...this.#facts(level, message, context)];
  }

  /** The description ends with the next message; without video in it, there is nothing to set up. */
  #described(): StderrFact[] {
    const lines = this.#description ?? [];
    this.#description = undefined;
    const hasVideo = lines.some((line) => line.startsWith('m=video'));
    return lines.length === 0 || hasVideo || lines.join('\n').length > MAX_DESCRIPTION ? [] : [{ kind: 'no-video' }];
  }

  #facts(level: string, message: string, context: string): StderrFact[] {
    const other: StderrFact = { kind: 'other', level, message };
    if (message.startsWith('Input #0, ')) {
      this.#input = new InputDescription();
      return [other];
    }
    // The lines of a description are indented; any other line is the next message.
    if (this.#input !== undefined && message.startsWith('  ')) {
      const seconds = this.#input.line(message);
      return [seconds === undefined ? other : { kind: 'duration', seconds }];
    }
    return [...this.#read(), this.#fact(level, message, context)];
  }

  /** Called at the end of the description. */
  #read(): StderrFact[] {
    const streams = this.#input?.streams ?? [];
    this.#input = undefined;
    if (streams.length === 0) return [];
    this.#hasVideo = true;
    return [{ kind: 'streams', streams }];
  }

  #fact(level: string, message: string, context: string): StderrFact {
    if (context === 'rtsp' && message.startsWith('SDP:')) {
      this.#description = [];
      return { kind: 'connected' };
    }
    if (/matches no streams\.?$/.test(message)) return this.#hasVideo ? { kind: 'problem', message } : { kind: 'no-video' };
    if (REJECTED.test(message)) return { kind: 'decode-error', message };
    return this.#changed(message, context)
      ?? (['error', 'fatal', 'panic'].includes(level) ? { kind: 'problem', message } : { kind: 'other', level, message });
  }

  /** The scaler logs its settings each time it is configured; only a difference is a change. */
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
