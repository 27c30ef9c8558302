/** What `record` reports. */
import type { Codec } from '../../core/frame/frame.js';

interface OfKey {
  readonly topic: string;
  readonly key: string | undefined;
  readonly camera: string;
}

/** Why a file ended: its period, a gap, another size, codec or run of the sender, the end of the messages, or a failure. */
export type ClosedReason = 'period' | 'gap' | 'changed' | 'ended' | 'failed';

/** A file has been begun. */
export interface RecordOpened extends OfKey {
  readonly type: 'opened';
  /** Path of the file. */
  readonly file: string;
  /** Wall clock of its first picture, in ms since 1970. */
  readonly from: number;
}

/** A file is whole. The same is a line of `recordings.ndjson` beside it. */
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
  /** Size of the file. */
  readonly bytes: number;
  /** inputOrder of its first and last message, where they have one. */
  readonly firstOrder?: number | undefined;
  readonly lastOrder?: number | undefined;
  readonly reason: ClosedReason;
  /** Of `failed`: why. */
  readonly error?: string;
}

/** Nothing was recorded for a time. The same is a line of `recordings.ndjson`. */
export interface RecordGap extends OfKey {
  readonly type: 'gap';
  /** `dropped`, `lost` or `expired` as `verify` says it; `silence` where no message came for longer than `gapMs`; `undecodable` before a keyframe. */
  readonly cause: string;
  /** Messages that are missing; 0 for `silence`. */
  readonly size: number;
  /** Wall clock of the pictures before and behind it, in ms since 1970, where they are known. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** `keep` has removed a file. */
export interface RecordRemoved {
  readonly type: 'removed';
  readonly file: string;
  readonly bytes: number;
}

/** One report of `record`. */
export type Recorded = RecordOpened | RecordClosed | RecordGap | RecordRemoved;
