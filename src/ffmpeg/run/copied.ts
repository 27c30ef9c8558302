/**
 * Makes events of copied access units. Nothing is decoded, so each one counts as captured when it is read. After a seek, access
 * units that were already sent are skipped.
 */
import { type CopiedCodec, CopiedStream, type CopiedUnit } from '../annexb/index.js';
import type { PictureReader, Mutable } from './picture-events.js';
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

/** @throws EncoderFailed for codecs other than H.264 and H.265 */
export function checkCopied({ codec = '' }: Partial<SourceInfo>): void {
  if (copiedCodec(codec) !== undefined) return;
  throw new EncoderFailed(`passthrough: the source is ${codec}, and only h264 and hevc are passed on: encodeH265 or encodeJpeg take any source`);
}

/** The events of a plan that copies access units. */
export class CopiedPictures implements PictureReader {
  #stream: CopiedStream | undefined;
  #codecName: string | undefined;
  #shown: Size | undefined;
  #source: Pick<SourceInfo, 'rotation'> = {};
  /** Media time of the last access unit that was sent before; undefined when it is passed, or if nothing is resumed. */
  #resumeAfter: number | undefined;
  /** Whether the first access unit of a resumed file was read. */
  #hasBegun = false;
  /** The last access unit of a live source, held until the next one shows that it is complete. */
  #held: EngineOutput | undefined;
  /** Thrown at the next packet. */
  #refusal: { readonly error: unknown } | undefined;
  readonly #time: MediaTime;
  /** Whether the file hides its first pictures; undefined before the first access unit. */
  #hidesFirst: boolean | undefined;

  /**
   * @param check - throws for a source whose access units must not be sent
   * @param isLive - whether the last access unit may be incomplete: ffmpeg emits the part that it has when the connection breaks,
   *   and only decoding could detect that. A unit is complete when the next one begins.
   */
  constructor(readonly check: (source: Partial<SourceInfo>) => void, resume: ResumePoint | undefined, readonly isLive: boolean) {
    this.#resumeAfter = resume?.afterPts;
    this.#time = new MediaTime({ live: isLive });
  }

  heartbeat(): readonly EngineEvent[] {
    return [];
  }

  described(source: Partial<SourceInfo>): void {
    this.#codecName = source.codec;
    this.#source = source;
    this.check(source);
  }

  packet(packet: NutPacket, stream: NutStream): readonly EngineEvent[] {
    if (this.#refusal !== undefined) throw this.#refusal.error;
    const copied = this.#stream ??= this.#open(stream);
    const unit = copied.unit(packet.data, packet.key);
    if (unit === undefined) return [{ type: 'rejected', reason: 'an access unit is damaged: the lengths of its NAL units exceed its size' }];
    const given = packet.pts - COPY_OFFSET_US;
    const events: EngineEvent[] = [...this.#mirrorWarning(), ...(this.#hidesFirst === undefined ? this.#begin(given) : [])];
    const isHidden = this.#hidesFirst === true && given < 0;
    const time = this.#time.next(given, packet.key);
    const pts = isHidden ? time : Math.max(0, time);
    if (this.#isOld(pts)) return events;
    const output = this.#output(copied, unit, stream, pts, isHidden);
    const held = this.#held;
    this.#held = undefined;
    try {
      events.push(...this.#sizeChange(copied), { type: 'captured', pts });
      if (this.isLive) this.#held = output;
      else events.push(output);
      if (held !== undefined) events.unshift(held);
      return events;
    } catch (error) {
      if (held === undefined) throw error;
      // The held unit is complete: it is emitted now, and the error is thrown at the next packet.
      this.#refusal = { error };
      return [held];
    }
  }

  #output(
    { codec, size: { width, height } }: CopiedStream, { data, keyframe }: CopiedUnit, stream: NutStream, pts: number, isHidden: boolean,
  ): EngineOutput {
    const output: Mutable<EngineOutput> = { type: 'output', pts, keyframe, width, height, format: codec, data };
    const { rotation = 0 } = this.#source;
    if (stream.sampleAspectRatio !== undefined) output.sampleAspectRatio = stream.sampleAspectRatio;
    if (rotation !== 0) output.rotation = rotation;
    if (isHidden) output.hidden = true;
    return output;
  }

  /** A warning, emitted once, about a mirrored source: the rotation of a frame, in degrees, can't express that. */
  #mirrorWarning(): readonly EngineEvent[] {
    if (this.#source.rotation !== 0) return [];
    this.#source = {};
    return [{ type: 'warning', message: 'the source is mirrored, which access units do not state: only decoding pictures would mirror them' }];
  }

  /** Opens the stream by the codec of ffmpeg's description, or by its tag if the first packet is read before that. */
  #open({ fourcc, extradata, width, height }: NutStream): CopiedStream {
    const name = this.#codecName ?? fourcc;
    const codec = copiedCodec(name);
    if (codec === undefined) throw new EncoderFailed(`the source is ${name}, which can't be passed on`);
    const size = width === undefined || height === undefined ? undefined : { width, height };
    const copied = new CopiedStream(codec, extradata, size);
    this.#shown = copied.size;
    return copied;
  }

  /**
   * Called at the first access unit. A file cut within a GOP contains the units that its first visible picture needs, with negative
   * times: its edit list hides them.
   */
  #begin(given: number): readonly EngineEvent[] {
    this.#hidesFirst = given < 0 && !this.isLive;
    if (!this.#hidesFirst) return [];
    const message = `the file hides its first ${-given / 1e6} s (an edit list): access units up to there are sent with a mark, because later ones need them`;
    return [{ type: 'warning', message }];
  }

  #sizeChange({ size }: CopiedStream): readonly EngineEvent[] {
    const { width, height } = this.#shown ?? size;
    this.#shown = size;
    if (size.width === width && size.height === height) return [];
    this.check({ ...(this.#codecName !== undefined && { codec: this.#codecName }), ...size });
    return [{ type: 'changed', ...size }];
  }

  /**
   * Whether an access unit of a resumed file was sent before: all up to the one that was sent last were. In decoding order times do not
   * rise, so that unit is recognised by its exact time. If no keyframe precedes it, a seek may begin after it: then none is skipped.
   */
  #isOld(pts: number): boolean {
    const after = this.#resumeAfter;
    if (after === undefined) return false;
    const isFirst = !this.#hasBegun;
    this.#hasBegun = true;
    const beginsLater = isFirst && pts > after + RESUME_TOLERANCE_US;
    const isLast = Math.abs(pts - after) <= RESUME_TOLERANCE_US;
    if (beginsLater || isLast) this.#resumeAfter = undefined;
    return !beginsLater;
  }
}
