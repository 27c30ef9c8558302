/**
 * Makes events of copied access units: nothing is decoded, so each one counts as captured when it is read. After a seek, skips
 * access units already sent.
 */
import { type CopiedCodec, CopiedStream, type CopiedUnit } from '../annexb/index.js';
import type { PictureReader } from './pictures.js';
import { COPY_OFFSET_US, MediaTime } from '../command/index.js';
import { type EngineEvent, type EngineOutput, RESUME_TOLERANCE_US, type ResumePoint } from '../../core/engine/engine.js';
import { EncoderFailed } from '../../core/errors/errors.js';
import type { SourceInfo } from '../../core/frame/frame.js';
import type { NutPacket, NutStream } from '../nut/index.js';
import type { Size } from '../../core/pictures/size.js';

/** By ffmpeg's names, and by the tags that its muxer gives them. */
const CODECS: Readonly<Record<string, CopiedCodec>> = {
  h264: 'h264', x264: 'h264', avc1: 'h264', davc: 'h264', hevc: 'h265', h265: 'h265', hev1: 'h265', hvc1: 'h265',
};

/** The codec that can be sent unchanged, by ffmpeg's name or tag; undefined for all others. */
export function copiedCodec(name: string): CopiedCodec | undefined {
  return Object.hasOwn(CODECS, name.toLowerCase()) ? CODECS[name.toLowerCase()] : undefined;
}

/** Refuses codecs other than H.264 and H.265. */
export function acceptsCopied({ codec = '' }: Partial<SourceInfo>): void {
  if (copiedCodec(codec) !== undefined) return;
  throw new EncoderFailed(`passthrough: the source is ${codec}, and only h264 and hevc are passed on: encodeH265 or encodeJpeg take any source`);
}

type Building<T> = { -readonly [K in keyof T]: T[K] };

export class CopiedPictures implements PictureReader {
  #stream: CopiedStream | undefined;
  #codecName: string | undefined;
  #shown: Size | undefined;
  #source: Pick<SourceInfo, 'rotation'> = {};
  /** Set while access units are read that have been sent before. */
  #after: number | undefined;

  /** The last access unit of a live source. */
  #held: EngineOutput | undefined;
  readonly #time: MediaTime;
  /** Whether the file hides its first pictures; undefined before the first access unit. */
  #hides: boolean | undefined;

  /**
   * @param accepts - throws for a source whose access units must not be sent
   * @param isLive - whether the last access unit may be incomplete: ffmpeg emits the part that it has when the connection breaks,
   *   and only decoding could detect that. A unit is complete when the next one begins.
   */
  constructor(readonly accepts: (source: Partial<SourceInfo>) => void, resume: ResumePoint | undefined, readonly isLive: boolean) {
    this.#after = resume?.afterPts;
    this.#time = new MediaTime({ live: isLive });
  }

  heartbeat(): readonly EngineEvent[] {
    return [];
  }

  described(source: Partial<SourceInfo>): void {
    this.#codecName = source.codec;
    this.#source = source;
    this.accepts(source);
  }

  packet(packet: NutPacket, stream: NutStream): readonly EngineEvent[] {
    if (this.#refusal !== undefined) throw this.#refusal.error;
    const copied = this.#stream ??= this.#open(stream);
    const unit = copied.unit(packet.data, packet.key);
    if (unit === undefined) return [{ type: 'rejected', reason: 'an access unit is damaged: the lengths of its NAL units exceed its size' }];
    const given = packet.pts - COPY_OFFSET_US;
    const events: EngineEvent[] = [...this.#mirrored(), ...(this.#hides === undefined ? this.#begin(given) : [])];
    const isHidden = this.#hides === true && given < 0;
    const time = this.#time.next(given, packet.key);
    const pts = isHidden ? time : Math.max(0, time);
    if (this.#isOld(pts)) return events;
    const output = this.#output(copied, unit, stream, pts, isHidden);
    const whole = this.#held;
    this.#held = undefined;
    try {
      const arrived: EngineEvent[] = events;
      arrived.push(...this.#changed(copied), { type: 'captured', pts });
      if (this.isLive) this.#held = output;
      else arrived.push(output);
      if (whole !== undefined) arrived.unshift(whole);
      return arrived;
    } catch (error) {
      if (whole === undefined) throw error;
      // The unit before it is complete; the error is raised at the next packet.
      this.#refusal = { error };
      return [whole];
    }
  }

  #output(
    { codec, size: { width, height } }: CopiedStream, { data, keyframe }: CopiedUnit, stream: NutStream, pts: number, isHidden: boolean,
  ): EngineOutput {
    const output: Building<EngineOutput> = { type: 'output', pts, keyframe, width, height, format: codec, data };
    const { rotation = 0 } = this.#source;
    if (stream.sampleAspectRatio !== undefined) output.sampleAspectRatio = stream.sampleAspectRatio;
    if (rotation !== 0) output.rotation = rotation;
    if (isHidden) output.hidden = true;
    return output;
  }

  #refusal: { readonly error: unknown } | undefined;

  /** Warned of once: a rotation in degrees can't express it. */
  #mirrored(): readonly EngineEvent[] {
    if (this.#source.rotation !== 0) return [];
    this.#source = {};
    return [{ type: 'warning', message: 'the source is mirrored, which access units do not state: only decoding pictures would mirror them' }];
  }

  /** Falls back to the stream's tag: the first packet may be read before ffmpeg's description. */
  #open({ fourcc, extradata, width, height }: NutStream): CopiedStream {
    const name = this.#codecName ?? fourcc;
    const codec = copiedCodec(name);
    if (codec === undefined) throw new EncoderFailed(`the source is ${name}, which can't be passed on`);
    const size = width === undefined || height === undefined ? undefined : { width, height };
    const copied = new CopiedStream(codec, extradata, size);
    this.#shown = copied.size;
    return copied;
  }

  /** A file cut within a GOP contains the units that its first picture needs, with negative times: its edit list shows it from 0 on. */
  #begin(given: number): readonly EngineEvent[] {
    this.#hides = given < 0 && !this.isLive;
    if (!this.#hides) return [];
    const message = `the file hides its first ${-given / 1e6} s (an edit list): access units up to there are sent with a mark, because later ones need them`;
    return [{ type: 'warning', message }];
  }

  #changed({ size }: CopiedStream): readonly EngineEvent[] {
    const { width, height } = this.#shown ?? size;
    this.#shown = size;
    if (size.width === width && size.height === height) return [];
    this.accepts({ ...(this.#codecName !== undefined && { codec: this.#codecName }), ...size });
    return [{ type: 'changed', ...size }];
  }

  /**
   * Skips access units of a file up to the one that was sent last. In decoding order times do not rise, so that unit is recognised
   * by its exact time. If no keyframe precedes it, a seek may begin after it: then nothing is skipped.
   */
  #isOld(pts: number): boolean {
    const after = this.#after;
    if (after === undefined) return false;
    const isFirst = !this.#isSeeking;
    this.#isSeeking = true;
    const isBehind = isFirst && pts > after + RESUME_TOLERANCE_US;
    const isLast = Math.abs(pts - after) <= RESUME_TOLERANCE_US;
    if (isBehind || isLast) this.#after = undefined;
    return !isBehind;
  }

  #isSeeking = false;
}
