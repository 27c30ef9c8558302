/** The target of recordings: a folder for each key, one file, or a player. */
import { basename, dirname } from 'node:path';
import type { RecordFolder } from '../../core/engine/recorder.js';
import type { RecordClosed, RecordGap, RecordRemoved } from './recorded.js';

export interface RecordTarget {
  /** Returns the folder of a key, and creates it if it is missing. */
  open(key: string): string;
  /** Begins a file. @param from - wall clock of its first picture, ms @returns its name */
  begin(folder: string, from: number): string;
  /** Counts bytes written to a file. */
  addBytes(folder: string, name: string, bytes: number): void;
  /** Completes a file. @returns its size in bytes */
  close(folder: string, name: string): number;
  /** Removes an empty file. */
  removeEmpty(folder: string, name: string): void;
  /** Adds a report to the index. */
  addToIndex(folder: string, report: RecordClosed | RecordGap): void;
  /** Removes the oldest files above the limits, except open ones. @param now - wall clock, ms */
  removeOld(now: number): readonly RecordRemoved[];
  /** Called after the last file of a key. */
  finish(key: string): void;
}

/** A single file, in an existing folder. */
export class SingleFile implements RecordTarget {
  constructor(readonly disk: RecordFolder, readonly path: string) {}

  open(): string { return dirname(this.path); }
  begin(): string { return basename(this.path); }
  addBytes(): void { /* There is no limit. */ }
  close(folder: string, name: string): number { return fileSizeIn(this.disk, folder, name); }
  removeEmpty(): void { this.disk.remove(this.path); }
  addToIndex(): void { /* The caller gets the report. */ }
  removeOld(): readonly RecordRemoved[] { return []; }
  finish(): void { /* There is no playlist. */ }
}

/** For a player, which gets the bytes: no file is written. */
export class NoFiles implements RecordTarget {
  open(): string { return ''; }
  begin(): string { return ''; }
  addBytes(): void { /* Nothing is kept. */ }
  close(): number { return 0; }
  removeEmpty(): void { /* Nothing is kept. */ }
  addToIndex(): void { /* The caller gets the report. */ }
  removeOld(): readonly RecordRemoved[] { return []; }
  finish(): void { /* Nothing is kept. */ }
}

/** The size of a file, in bytes; 0 if it does not exist. */
export function fileSizeIn(disk: RecordFolder, folder: string, name: string): number {
  return disk.list(folder).find((file) => file.name === name)?.bytes ?? 0;
}
