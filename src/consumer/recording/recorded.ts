/** The reports of `record`. */
import type { Codec } from '../../core/frame/frame.js';
import type { StreamPlace } from '../streams.js';
/**
 * The reason why a file ended: `period`, the end of its period; `gap`, missing messages; `changed`, another size or codec, or a restart of
 * the sender; `ended`, the end of the messages; `failed`, a failure.
 */
export type ClosedReason = 'period' | 'gap' | 'changed' | 'ended' | 'failed';

/** A new file was opened. */
export interface RecordOpened extends StreamPlace {
  /** The kind of report. */
  readonly type: 'opened';
  /** Path of the file. */
  readonly file: string;
  /** Wall clock of its first picture, in ms since 1970. */
  readonly from: number;
}

/** A file is complete. The same report is a line of `recordings.ndjson` in its folder. */
export interface RecordClosed extends StreamPlace {
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
  /** `inputOrder` of its first message, if the message has one. */
  readonly firstOrder?: number | undefined;
  /** `inputOrder` of its last message, if the message has one. */
  readonly lastOrder?: number | undefined;
  /** The reason for its end. */
  readonly reason: ClosedReason;
  /** The message of the failure, for `failed`. */
  readonly error?: string;
}

/** A gap in the recording. The same report is a line of `recordings.ndjson`. */
export interface RecordGap extends StreamPlace {
  /** The kind of report. */
  readonly type: 'gap';
  /**
   * `dropped`, `lost` or `expired`: a gap found by `verify`; `silence`: no message for longer than `gapMs`; `undecodable`: messages
   * before a keyframe.
   */
  readonly cause: string;
  /** Number of missing messages; 0 for `silence`. */
  readonly size: number;
  /** Wall clock of the picture before the gap, in ms since 1970, if it is known. */
  readonly from?: number | undefined;
  /** Wall clock of the picture after the gap, in ms since 1970, if it is known. */
  readonly to?: number | undefined;
}

/** A file was removed, because the option `keep` limits the files. */
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
