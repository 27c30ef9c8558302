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
  readonly type: 'opened';
  /** Path of the file. */
  readonly file: string;
  /** Wall clock of its first picture, in ms since 1970. */
  readonly from: number;
}

/** A file is complete. The same report is a line of `recordings.ndjson` in its folder. */
export interface RecordClosed extends OfKey {
  readonly type: 'closed';
  readonly file: string;
  readonly codec: Codec;
  readonly width: number;
  readonly height: number;
  /** Wall clock of its first and last picture, in ms since 1970. */
  readonly from: number;
  readonly to: number;
  /** Media time from the first picture to the end of the last, in ms. */
  readonly durationMs: number;
  readonly pictures: number;
  /** Size of the file in bytes. */
  readonly bytes: number;
  /** inputOrder of its first and last message, if they have one. */
  readonly firstOrder?: number | undefined;
  readonly lastOrder?: number | undefined;
  readonly reason: ClosedReason;
  /** The reason, for `failed`. */
  readonly error?: string;
}

/** A time without a recording. The same report is a line of `recordings.ndjson`. */
export interface RecordGap extends OfKey {
  readonly type: 'gap';
  /**
   * `dropped`, `lost` or `expired`: a gap found by `verify`; `silence`: no message for longer than `gapMs`; `undecodable`: messages
   * before a keyframe.
   */
  readonly cause: string;
  /** Number of missing messages; 0 for `silence`. */
  readonly size: number;
  /** Wall clock of the pictures before and after it, in ms since 1970, if known. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** A file was removed, as the option `keep` requires. */
export interface RecordRemoved {
  readonly type: 'removed';
  readonly file: string;
  readonly bytes: number;
}

/** A report of `record`. */
export type Recorded = RecordOpened | RecordClosed | RecordGap | RecordRemoved;
