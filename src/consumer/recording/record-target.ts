/** The target of recordings: a folder for each key, or one file. */
import { basename, dirname } from 'node:path';
import type { RecordFolder } from '../../core/engine/recorder.js';
import type { RecordClosed, RecordGap, RecordRemoved } from './events.js';

export interface RecordTarget {
  /** The folder of a key, created if necessary. */
  open(key: string): string;
  /** Begins a file. @param at - wall clock of its first picture, ms @returns its name */
  begin(folder: string, at: number): string;
  /** Counts bytes written to a file. */
  grow(folder: string, name: string, bytes: number): void;
  /** Completes a file. @returns its size in bytes */
  close(folder: string, name: string): number;
  /** Removes an empty file. */
  forget(folder: string, name: string): void;
  /** Adds a report to the index. */
  note(folder: string, report: RecordClosed | RecordGap): void;
  /** Removes files above the limits, except open ones. @param now - wall clock, ms */
  trim(now: number): readonly RecordRemoved[];
  /** Called after the last file of a key. */
  finish(key: string): void;
}

/** A single file, in a folder that exists. */
export class SingleFile implements RecordTarget {
  constructor(readonly disk: RecordFolder, readonly path: string) {}

  open(): string { return dirname(this.path); }
  begin(): string { return basename(this.path); }
  grow(): void { /* There is no limit. */ }
  close(folder: string, name: string): number { return this.disk.list(folder).find((one) => one.name === name)?.bytes ?? 0; }
  forget(): void { this.disk.remove(this.path); }
  note(): void { /* The caller gets the report. */ }
  trim(): readonly RecordRemoved[] { return []; }
  finish(): void { /* There is no playlist. */ }
}

/** No files: the bytes go to a player. */
export class NoFiles implements RecordTarget {
  open(): string { return ''; }
  begin(): string { return ''; }
  grow(): void { /* Nothing is kept. */ }
  close(): number { return 0; }
  forget(): void { /* Nothing is kept. */ }
  note(): void { /* The caller gets the report. */ }
  trim(): readonly RecordRemoved[] { return []; }
  finish(): void { /* Nothing is kept. */ }
}
