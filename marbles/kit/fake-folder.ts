/** fakeFolder: recordings without a disk or a process, for pipelines with `record`. */
import { Observable } from 'rxjs';
import { RecordingFailed } from '../../src/core/errors/errors.js';
import type { Muxer, RecordFolder } from '../../src/core/engine/recorder.js';

/** A folder in memory. */
export interface FakeFolder {
  /** The option `files` of `record`. */
  readonly files: RecordFolder;
  /** The option `muxer` of `record`: a file holds the concatenated bytes of its access units. */
  readonly muxer: Muxer;
  /** Its current contents: the text of each file, by its path. */
  readonly content: ReadonlyMap<string, string>;
  /** Whether writing fails from now on, as on a full disk. */
  isFull: boolean;
}

/**
 * A folder and a muxer that writes recordings into it, in virtual time.
 *
 * @example
 * ```ts
 * const { files, muxer, content } = fakeFolder();
 * subscribe(fakeTopic('a-b-c-|'), { topic: 'video' }).pipe(record('recordings', { files, muxer }));
 * ```
 */
export function fakeFolder(): FakeFolder {
  const content = new Map<string, string>();
  const full = () => new RecordingFailed('fake: no space left on the device');
  const write = (path: string, text: string) => {
    if (folder.isFull) throw full();
    content.set(path, text);
  };
  const files: RecordFolder = {
    make: () => { /* Paths are all there is. */ },
    list: (path) => [...content].filter(([file]) => file.slice(0, file.lastIndexOf('/')) === path)
      .map(([file, text]) => ({ name: file.slice(path.length + 1), bytes: Buffer.byteLength(text) })),
    read: (path) => content.get(path),
    head: (path, bytes) => Buffer.from(content.get(path) ?? '').subarray(0, bytes),
    append: (path, text) => { write(path, (content.get(path) ?? '') + text); },
    replace: write,
    remove: (path) => { content.delete(path); },
  };
  const muxer: Muxer = (path, input) => new Observable((subscriber) => {
    const writing = input.units$.subscribe({
      next: ({ data }) => {
        if (folder.isFull) subscriber.error(full());
        else content.set(path, (content.get(path) ?? '') + data.toString());
      },
      complete: () => { subscriber.complete(); },
    });
    input.ready(true);
    return writing;
  });
  const folder: FakeFolder = { files, muxer, content, isFull: false };
  return folder;
}
