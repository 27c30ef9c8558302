/** Manages the files of all recordings in a folder: their index `recordings.ndjson`, the removal of old files, and the playlists. */
import type { RecordFolder } from '../../core/engine/recorder.js';
import type { RecordClosed, RecordGap, RecordRemoved } from './events.js';
import { fileOf, folderOf, timeInName } from './file-names.js';
import { initBytesOf, playlistText } from './playlist.js';
import type { RecordTarget } from './record-target.js';

/** Limits for the files that are kept: the oldest are removed first. */
export interface Keep {
  /** Bytes of all files together; default: no limit. */
  readonly bytes?: number | undefined;
  /** Age in ms; default: no limit. */
  readonly ms?: number | undefined;
}

const INDEX = 'recordings.ndjson';
const PLAYLIST = 'index.m3u8';

interface Kept { readonly folder: string; readonly name: string; readonly at: number; bytes: number; isOpen: boolean }

export class Library implements RecordTarget {
  readonly #files: Kept[] = [];
  readonly #scanned = new Set<string>();

  constructor(readonly disk: RecordFolder, readonly root: string, readonly keep: Keep, readonly hls: boolean) {}

  open(key: string): string {
    const folder = `${this.root}/${folderOf(key)}`;
    if (this.#scanned.has(folder)) return folder;
    this.#scanned.add(folder);
    this.disk.make(folder);
    for (const { name, bytes } of this.disk.list(folder)) {
      const at = timeInName(name);
      if (at !== undefined) this.#files.push({ folder, name, at, bytes, isOpen: false });
    }
    return folder;
  }

  begin(folder: string, at: number): string {
    let again = 0;
    while (this.#find(folder, fileOf(at, again)) !== undefined) again++;
    const name = fileOf(at, again);
    this.#files.push({ folder, name, at, bytes: 0, isOpen: true });
    return name;
  }

  grow(folder: string, name: string, bytes: number): void {
    const file = this.#find(folder, name);
    if (file !== undefined) file.bytes += bytes;
  }

  close(folder: string, name: string): number {
    const file = this.#find(folder, name);
    if (file === undefined) return 0;
    file.isOpen = false;
    file.bytes = this.disk.list(folder).find((one) => one.name === name)?.bytes ?? 0;
    return file.bytes;
  }

  forget(folder: string, name: string): void {
    const file = this.#find(folder, name);
    if (file !== undefined) this.#remove(file);
  }

  finish(key: string): void {
    this.#play(this.open(key), true);
  }

  note(folder: string, report: RecordClosed | RecordGap): void {
    const line = 'file' in report ? { ...report, file: nameOf(report.file) } : report;
    this.disk.append(`${folder}/${INDEX}`, `${JSON.stringify(line)}\n`);
    if (report.type === 'closed') this.#play(folder);
  }

  trim(now: number): RecordRemoved[] {
    const { bytes = Infinity, ms = Infinity } = this.keep;
    if (bytes === Infinity && ms === Infinity) return [];
    let total = this.#files.reduce((sum, file) => sum + file.bytes, 0);
    const removed: Kept[] = [];
    const byAge = this.#files.filter(({ isOpen }) => !isOpen).sort((a, b) => a.at - b.at);
    for (const file of byAge) {
      if (total <= bytes && now - file.at <= ms) break;
      total -= file.bytes;
      removed.push(file);
    }
    for (const file of removed) this.#remove(file);
    for (const folder of new Set(removed.map((file) => file.folder))) this.#forget(folder);
    return removed.map((file) => ({ type: 'removed', file: `${file.folder}/${file.name}`, bytes: file.bytes }));
  }

  #find(folder: string, name: string): Kept | undefined {
    return this.#files.find((one) => one.folder === folder && one.name === name);
  }

  #remove(file: Kept): void {
    this.#files.splice(this.#files.indexOf(file), 1);
    this.disk.remove(`${file.folder}/${file.name}`);
  }

  /** Also removes the lines of files that no longer exist. */
  #forget(folder: string): void {
    const lines = this.#lines(folder).filter((line) => line.type !== 'closed' || this.#find(folder, line.file) !== undefined);
    this.disk.replace(`${folder}/${INDEX}`, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    this.#play(folder);
  }

  #lines(folder: string): (RecordClosed | RecordGap)[] {
    const text = this.disk.read(`${folder}/${INDEX}`) ?? '';
    return text.split('\n').flatMap((line) => parsed(line));
  }

  #play(folder: string, isOver = false): void {
    if (!this.hls) return;
    const files = this.#lines(folder).filter((line) => line.type === 'closed');
    const parts = files.flatMap((line) => {
      const init = initBytesOf(this.disk.head(`${folder}/${line.file}`, 16_384));
      return init === undefined || init >= line.bytes ? [] : [{ ...line, init }];
    });
    this.disk.replace(`${folder}/${PLAYLIST}`, playlistText(parts, isOver));
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Ignores a line that is incomplete, after a power failure for example. */
function parsed(line: string): (RecordClosed | RecordGap)[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as RecordClosed | RecordGap];
  } catch {
    return [];
  }
}
