/** Where recordings stand: a folder for each key, or one file. */
import { basename, dirname } from 'node:path';
import type { RecordFolder } from '../../core/engine/recorder.js';
import type { RecordClosed, RecordGap, RecordRemoved } from './events.js';

export interface Shelf {
  /** The folder of a key, made if need be. */
  open(key: string): string;
  /** A file begins. @param at - wall clock of its first picture, ms @returns its name */
  begin(folder: string, at: number): string;
  /** Bytes have been written to it. */
  grow(folder: string, name: string, bytes: number): void;
  /** It is whole. @returns its size in bytes */
  close(folder: string, name: string): number;
  /** It has nothing in it. */
  forget(folder: string, name: string): void;
  /** Notes what is to be known beside the files. */
  note(folder: string, report: RecordClosed | RecordGap): void;
  /** Removes what is not to be kept; files that are written to stay. @param now - wall clock, ms */
  trim(now: number): readonly RecordRemoved[];
  /** No more files come for a key. */
  finish(key: string): void;
}

/** One file, in a folder that is there. */
export class SingleFile implements Shelf {
  constructor(readonly disk: RecordFolder, readonly path: string) {}

  open(): string { return dirname(this.path); }
  begin(): string { return basename(this.path); }
  grow(): void { /* Nothing is bounded. */ }
  close(folder: string, name: string): number { return this.disk.list(folder).find((one) => one.name === name)?.bytes ?? 0; }
  forget(): void { this.disk.remove(this.path); }
  note(): void { /* The caller is told. */ }
  trim(): readonly RecordRemoved[] { return []; }
  finish(): void { /* There is no playlist. */ }
}

/** No files at all: what is written goes to a player. */
export class Nowhere implements Shelf {
  open(): string { return ''; }
  begin(): string { return ''; }
  grow(): void { /* Nothing is kept. */ }
  close(): number { return 0; }
  forget(): void { /* Nothing is kept. */ }
  note(): void { /* The caller is told. */ }
  trim(): readonly RecordRemoved[] { return []; }
  finish(): void { /* Nothing is kept. */ }
}
