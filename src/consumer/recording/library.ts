/** Manages the recordings in a folder: their index `recordings.ndjson`, the removal of old files, and the playlists. */
import type { RecordFolder } from '../../core/engine/recorder.js';
import type { RecordClosed, RecordGap, RecordRemoved } from './recorded.js';
import { fileNameOf, folderNameOf, timeInName } from './file-names.js';
import { initBytesOf, playlistText } from './hls-playlist.js';
import { type RecordTarget, fileSizeIn } from './record-target.js';

/** Limits for the files that are kept: the oldest are removed first. */
export interface Keep {
  /** Bytes of all files together; default: no limit. */
  readonly bytes?: number | undefined;
  /** Age in ms; default: no limit. */
  readonly ms?: number | undefined;
}

const INDEX = 'recordings.ndjson';
const PLAYLIST = 'index.m3u8';
/** Bytes of a file that are searched for its first fragment. */
const HEAD_BYTES = 16_384;

interface LibraryFile {
  readonly folder: string;
  readonly name: string;
  /** Wall clock of its first picture, ms. */
  readonly from: number;
  bytes: number;
  isOpen: boolean;
}

export class Library implements RecordTarget {
  readonly #files: LibraryFile[] = [];
  /** Folders whose earlier files are listed. */
  readonly #scanned = new Set<string>();

  constructor(readonly disk: RecordFolder, readonly root: string, readonly keep: Keep, readonly hls: boolean) {}

  open(key: string): string {
    const folder = `${this.root}/${folderNameOf(key)}`;
    if (this.#scanned.has(folder)) return folder;
    this.#scanned.add(folder);
    this.disk.make(folder);
    for (const { name, bytes } of this.disk.list(folder)) {
      const from = timeInName(name);
      if (from !== undefined) this.#files.push({ folder, name, from, bytes, isOpen: false });
    }
    return folder;
  }

  begin(folder: string, from: number): string {
    let repeat = 0;
    while (this.#find(folder, fileNameOf(from, repeat)) !== undefined) repeat++;
    const name = fileNameOf(from, repeat);
    this.#files.push({ folder, name, from, bytes: 0, isOpen: true });
    return name;
  }

  addBytes(folder: string, name: string, bytes: number): void {
    const file = this.#find(folder, name);
    if (file !== undefined) file.bytes += bytes;
  }

  close(folder: string, name: string): number {
    const file = this.#find(folder, name);
    if (file === undefined) return 0;
    file.isOpen = false;
    file.bytes = fileSizeIn(this.disk, folder, name);
    return file.bytes;
  }

  removeEmpty(folder: string, name: string): void {
    const file = this.#find(folder, name);
    if (file !== undefined) this.#remove(file);
  }

  finish(key: string): void {
    this.#writePlaylist(this.open(key), true);
  }

  addToIndex(folder: string, report: RecordClosed | RecordGap): void {
    const line = 'file' in report ? { ...report, file: nameOf(report.file) } : report;
    this.disk.append(`${folder}/${INDEX}`, `${JSON.stringify(line)}\n`);
    if (report.type === 'closed') this.#writePlaylist(folder);
  }

  removeOld(now: number): RecordRemoved[] {
    const { bytes = Infinity, ms = Infinity } = this.keep;
    if (bytes === Infinity && ms === Infinity) return [];
    let total = this.#files.reduce((sum, file) => sum + file.bytes, 0);
    const removed: LibraryFile[] = [];
    const byAge = this.#files.filter(({ isOpen }) => !isOpen).sort((a, b) => a.from - b.from);
    for (const file of byAge) {
      if (total <= bytes && now - file.from <= ms) break;
      total -= file.bytes;
      removed.push(file);
    }
    for (const file of removed) this.#remove(file);
    for (const folder of new Set(removed.map((file) => file.folder))) this.#pruneIndex(folder);
    return removed.map((file) => ({ type: 'removed', file: `${file.folder}/${file.name}`, bytes: file.bytes }));
  }

  #find(folder: string, name: string): LibraryFile | undefined {
    return this.#files.find((one) => one.folder === folder && one.name === name);
  }

  #remove(file: LibraryFile): void {
    this.#files.splice(this.#files.indexOf(file), 1);
    this.disk.remove(`${file.folder}/${file.name}`);
  }

  /** Removes the lines of removed files from the index and the playlist. */
  #pruneIndex(folder: string): void {
    const lines = this.#readIndex(folder).filter((line) => line.type !== 'closed' || this.#find(folder, line.file) !== undefined);
    this.disk.replace(`${folder}/${INDEX}`, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    this.#writePlaylist(folder);
  }

  #readIndex(folder: string): (RecordClosed | RecordGap)[] {
    const text = this.disk.read(`${folder}/${INDEX}`) ?? '';
    return text.split('\n').flatMap((line) => parseIndexLine(line));
  }

  #writePlaylist(folder: string, isOver = false): void {
    if (!this.hls) return;
    const files = this.#readIndex(folder).filter((line) => line.type === 'closed');
    const segments = files.flatMap((line) => {
      const initBytes = initBytesOf(this.disk.head(`${folder}/${line.file}`, HEAD_BYTES));
      return initBytes === undefined || initBytes >= line.bytes ? [] : [{ ...line, initBytes }];
    });
    this.disk.replace(`${folder}/${PLAYLIST}`, playlistText(segments, isOver));
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The report in a line; none if the line is incomplete, for example after a power failure. */
function parseIndexLine(line: string): (RecordClosed | RecordGap)[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as RecordClosed | RecordGap];
  } catch {
    return [];
  }
}
