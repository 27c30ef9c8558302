/** The reports of `record`. */
import type { Codec } from '../../core/frame/frame.js';

interface OfKey {
  readonly topic: string;
  readonly key: string | undefined;
  readonly camera: string;
}

/** Why a file ended: the end of its period, a gap, another size, codec or run of the sender, the end of the messages, or a failure. */
export type ClosedReason = 'period' | 'gap' | 'changed' | 'ended' | 'failed';

/** A new file was opened. */
export interface RecordOpened extends OfKey {
  /** The kind of report. */
  readonly type: 'opened';
  /** Path of the file. */
  readonly file: string;
  /** Wall clock of its first picture, in ms since 1970. */
  readonly from: number;
}

/** A file is complete. The same report is a line of `recordings.ndjson` in its folder. */
export interface RecordClosed extends OfKey {
  /** The kind of report. */
  readonly type: 'closed';
  /** Path of the file. */
  readonly file: string;
  /** Codec of its pictures. */
  readonly codec: Codec;
  /** Width of its pictures, in pixels. */
  readonly width: number;
  /** Height of its pictures, in pixels. */
  readonly height: number;
  /** Wall clock of its first picture, in ms since 1970. */
  readonly from: number;
  /** Wall clock of its last picture, in ms since 1970. */
  readonly to: number;
  /** Media time from the first picture to the end of the last, in ms. */
  readonly durationMs: number;
  /** Number of its pictures. */
  readonly pictures: number;
  /** Size of the file in bytes. */
  readonly bytes: number;
  /** inputOrder of its first message, if it has one. */
  readonly firstOrder?: number | undefined;
  /** inputOrder of its last message, if it has one. */
  readonly lastOrder?: number | undefined;
  /** The reason why it ended. */
  readonly reason: ClosedReason;
  /** The message of the failure, for `failed`. */
  readonly error?: string;
}

/** A time without a recording. The same report is a line of `recordings.ndjson`. */
export interface RecordGap extends OfKey {
  /** The kind of report. */
  readonly type: 'gap';
  /**
   * `dropped`, `lost` or `expired`: a gap found by `verify`; `silence`: no message for longer than `gapMs`; `undecodable`: messages
   * before a keyframe.
   */
  readonly cause: string;
  /** Number of missing messages; 0 for `silence`. */
  readonly size: number;
  /** Wall clock of the picture before it, in ms since 1970, if known. */
  readonly from?: number | undefined;
  /** Wall clock of the picture after it, in ms since 1970, if known. */
  readonly to?: number | undefined;
}

/** A file was removed, as the option `keep` requires. */
export interface RecordRemoved {
  /** The kind of report. */
  readonly type: 'removed';
  /** Path of the file. */
  readonly file: string;
  /** Size of the file in bytes. */
  readonly bytes: number;
}

/** A report of `record`. */
export type Recorded = RecordOpened | RecordClosed | RecordGap | RecordRemoved;
