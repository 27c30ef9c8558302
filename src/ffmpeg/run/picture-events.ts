/** Makes events of the engine from the pictures of a process: the interface, and the implementation for decoded pictures. */
import type { EngineEvent, EngineOutput } from '../../core/engine/engine.js';
import type { Codec, PixelFormat, SourceInfo } from '../../core/frame/frame.js';
import type { Size } from '../../core/pictures/size.js';
import type { PictureLine } from '../command/index.js';
import type { NutPacket, NutStream } from '../nut/index.js';

/** Makes events of the data from a child's pipes. */
export interface PictureReader {
  /** A picture was decoded; `pts` in µs, `data` a small picture: its corner, or a thumbnail. */
  heartbeat(pts: number, data: Buffer): readonly EngineEvent[];
  /** A picture or an access unit of the output. */
  packet(packet: NutPacket, stream: NutStream): readonly EngineEvent[];
  /** Called with the source's description; throws an RxcamError for a source that can't be used. */
  described?(source: Partial<SourceInfo>): void;
  /** A line of the comparison on stderr. If present, stderr is paused together with the other pipes. */
  line?(line: PictureLine): readonly EngineEvent[];
  /** The process has ended without an error, and all of its output is read. */
  end?(): readonly EngineEvent[];
}

/** Format of the pictures that a process returns. */
export interface OutputFormat {
  readonly format: PixelFormat | Codec;
  /** The visible size, if the stream has padding. */
  readonly shown: Size | undefined;
}

/** An object that is still being built. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A packet as an event of the engine. */
export function outputOf(packet: NutPacket, stream: NutStream, { format, shown }: OutputFormat, pts = packet.pts): EngineOutput {
  const { width = 0, height = 0, sampleAspectRatio } = stream;
  const output: Mutable<EngineOutput> = {
    type: 'output', pts, keyframe: packet.key, width: shown?.width ?? width, height: shown?.height ?? height, format, data: packet.data,
  };
  if (sampleAspectRatio !== undefined) output.sampleAspectRatio = sampleAspectRatio;
  return output;
}

/** The events of a plan that decodes. Heartbeats and pictures arrive through two pipes: a picture that is read before its heartbeat waits for it. */
export class DecodedPictures implements PictureReader {
  #lastPts = -1;
  readonly #early: EngineOutput[] = [];

  /** @param maxEarly - pictures that may wait; one more shows that filters have changed their times */
  constructor(readonly format: OutputFormat, readonly maxEarly = Infinity) {}

  heartbeat(pts: number): readonly EngineEvent[] {
    this.#lastPts = pts;
    const events: EngineEvent[] = [{ type: 'captured', pts }];
    while ((this.#early[0]?.pts ?? Infinity) <= pts) events.push(this.#early.shift() as EngineOutput);
    return events;
  }

  packet(packet: NutPacket, stream: NutStream): readonly EngineEvent[] {
    const output = outputOf(packet, stream, this.format);
    const { pts } = output;
    if (pts <= this.#lastPts) return [output];
    this.#early.push(output);
    return this.#early.length > this.maxEarly ? this.#early.splice(0, 1) : [];
  }
}
