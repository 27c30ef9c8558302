/** Parses ffmpeg's stderr at `-loglevel level+verbose`: splits it into lines of limited length, and extracts facts from them. */
import { StringDecoder } from 'node:string_decoder';
import { PROCESS } from '../../core/defaults/limits.js';
import { InputDescription, type StreamFact } from '../stream/index.js';
import { type PictureLine, pictureLine } from '../command/index.js';

/** Longer lines are cut, so that output without line breaks does not fill the memory. */
const MAX_LINE_LENGTH = 4096;

/** A fact that a line states. */
export type StderrFact =
  /** The source has answered (an RTSP server has sent its description). */
  | { readonly kind: 'connected' }
  /** The input's video streams, unfiltered, without cover pictures of audio. Emitted at the end of the description. */
  | { readonly kind: 'streams'; readonly streams: readonly StreamFact[] }
  | { readonly kind: 'no-video' }
  | { readonly kind: 'size-changed'; readonly width: number; readonly height: number; readonly pixelFormat?: string }
  /** The decoder rejected an access unit. */
  | { readonly kind: 'decode-error'; readonly message: string }
  | PictureLine
  | { readonly kind: 'duration'; readonly seconds: number }
  /** Any other message of level error, fatal or panic. */
  | { readonly kind: 'problem'; readonly message: string }
  | { readonly kind: 'other'; readonly level: string; readonly message: string };

/** `[context @ 0x…] [level] message`, with any number of contexts, of which the last one is read. On Windows there is no `0x`. */
const LINE = new RegExp(
  String.raw`^(?:\[(?<context>[^\]]*) @ (?:0x)?[0-9a-f]+\] )*`
  + String.raw`\[(?<level>panic|fatal|error|warning|info|verbose|debug|trace)\] ?(?<message>.*)$`,
);
/** ffmpeg cuts a message at 1023 characters: an SDP of about that length may be incomplete. */
const MAX_SDP_LENGTH = 900;
/** Messages about a rejected access unit: ffmpeg up to 5 names the stream, later versions name the decoder. */
const REJECTED = new RegExp('^(?:Error while decoding stream #|Error submitting packet to decoder'
  + '|Error submitting a packet to the muxer: Invalid data)');
/**
 * The first scaler of the graph logs a change of its input: `w:1280 h:720 fmt:yuv420p sar:1/1 -> …`. The buffer filter before it is
 * of no use: it logs every picture whose size differs from the first one's, and nothing when the first size returns.
 */
const SCALER_LINE = /^w:(\d+) h:(\d+) fmt:(\w+) sar:\S+ -> w:/;

/** Turns chunks of stderr into facts. */
export class StderrParser {
  readonly #decoder = new StringDecoder('utf8');
  readonly #tail: string[] = [];
  #rest = '';
  /** The description of the input, while it is read. */
  #description: InputDescription | undefined;
  #hasVideo = false;
  /** Lines of an RTSP server's SDP, while it is read. */
  #sdp: string[] | undefined;
  /** Context of the scaler whose lines are read, and the size and format of its last input. */
  #scaler = '';
  #scalerInput = '';

  /** The last lines, for errors; not redacted. */
  get tail(): readonly string[] {
    return this.#tail;
  }

  /** The facts in the lines that a chunk completes. */
  push(chunk: Buffer): StderrFact[] {
    const lines = (this.#rest + this.#decoder.write(chunk)).split(/[\r\n]+/);
    this.#rest = (lines.pop() ?? '').slice(0, MAX_LINE_LENGTH);
    return lines.flatMap((line) => this.#factsIn(line.slice(0, MAX_LINE_LENGTH)));
  }

  /** The facts at the end of the output. */
  end(): StderrFact[] {
    const last = this.#rest + this.#decoder.end();
    this.#rest = '';
    return [...this.#factsIn(last), ...this.#endDescription()];
  }

  #factsIn(line: string): StderrFact[] {
    if (line.trim() === '') return [];
    const pictureFact = pictureLine(line);
    if (pictureFact !== undefined) return [pictureFact];
    this.#tail.push(line);
    if (this.#tail.length > PROCESS.stderrLines) this.#tail.shift();
    const parts = LINE.exec(line)?.groups;
    if (parts === undefined) this.#sdp?.push(line);
    const { level = 'info', message = line, context = '' } = parts ?? {};
    // A line without a level within a description: the rest of a name that contains a line break. It is ignored.
    if (parts === undefined && this.#description !== undefined) return [{ kind: 'other', level, message }];
    return [...(parts === undefined ? [] : this.#endSdp()), ...this.#factsOf(level, message, context)];
  }

  /** Called at the next message, which ends an SDP. Without video in the SDP, ffmpeg sets up no stream. */
  #endSdp(): StderrFact[] {
    const lines = this.#sdp ?? [];
    this.#sdp = undefined;
    const hasVideo = lines.some((line) => line.startsWith('m=video'));
    return lines.length === 0 || hasVideo || lines.join('\n').length > MAX_SDP_LENGTH ? [] : [{ kind: 'no-video' }];
  }

  #factsOf(level: string, message: string, context: string): StderrFact[] {
    const other: StderrFact = { kind: 'other', level, message };
    if (message.startsWith('Input #0, ')) {
      this.#description = new InputDescription();
      return [other];
    }
    // The lines of a description are indented; any other line is the next message.
    if (this.#description !== undefined && message.startsWith('  ')) {
      const seconds = this.#description.line(message);
      return [seconds === undefined ? other : { kind: 'duration', seconds }];
    }
    return [...this.#endDescription(), this.#factOf(level, message, context)];
  }

  /** Called at the end of the description: reports its streams. */
  #endDescription(): StderrFact[] {
    const streams = this.#description?.streams ?? [];
    this.#description = undefined;
    if (streams.length === 0) return [];
    this.#hasVideo = true;
    return [{ kind: 'streams', streams }];
  }

  #factOf(level: string, message: string, context: string): StderrFact {
    if (context === 'rtsp' && message.startsWith('SDP:')) {
      this.#sdp = [];
      return { kind: 'connected' };
    }
    if (/matches no streams\.?$/.test(message)) return this.#hasVideo ? { kind: 'problem', message } : { kind: 'no-video' };
    if (REJECTED.test(message)) return { kind: 'decode-error', message };
    return this.#sizeChange(message, context)
      ?? (['error', 'fatal', 'panic'].includes(level) ? { kind: 'problem', message } : { kind: 'other', level, message });
  }

  /** The scaler logs its input each time it is configured; only a different one is a change. */
  #sizeChange(message: string, context: string): StderrFact | undefined {
    const [, width, height, pixelFormat] = (context.startsWith('Parsed_scale') ? SCALER_LINE.exec(message) : null) ?? [];
    this.#scaler ||= width === undefined ? '' : context;
    if (width === undefined || pixelFormat === undefined || context !== this.#scaler) return undefined;
    const before = this.#scalerInput;
    this.#scalerInput = `${width}x${height ?? ''} ${pixelFormat}`;
    if (before === '' || before === this.#scalerInput) return undefined;
    return { kind: 'size-changed', width: Number(width), height: Number(height), pixelFormat };
  }
}
