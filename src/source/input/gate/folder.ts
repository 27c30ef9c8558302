/** A playlist on the disk, read through the gate: it can open files in its own folder, and no others. */
import { createReadStream, existsSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type RxcamError, SourceRefused, failureOf } from '../../../core/errors/errors.js';
import { exhaustedResource } from '../../../core/errors/exhausted.js';
import { type GateSession, ENTRY, isEntry, sendEmpty } from './gate.js';

/** Host name that represents the folder in ffmpeg's addresses. */
const FOLDER = 'folder.rxcam.invalid';
/** Result in place of a path: no such file. */
const MISSING = '';

export class FolderSession implements GateSession {
  /** @param list - the playlist's absolute path */
  constructor(readonly list: string, readonly refused: (error: RxcamError) => void) {}

  async answer(asked: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isEntry(asked)) {
      sendEmpty(response, 302, { Location: `http://${FOLDER}/${encodeURIComponent(path.basename(this.list))}` });
      return;
    }
    // The concat demuxer resolves names against its original address, not against the target of a redirect.
    const isHere = asked.hostname === FOLDER || asked.hostname === ENTRY;
    const named = isHere ? decodeURIComponent(asked.pathname) : asked.origin;
    const file = isHere ? await this.#within(named) : undefined;
    if (file === MISSING) {
      sendEmpty(response, 404);
      return;
    }
    if (file === undefined) {
      this.refused(new SourceRefused(`the playlist '${this.list}' names '${named}', which is not in its folder; allowLocalPlaylists: true allows it`));
      sendEmpty(response, 403);
      return;
    }
    await send(file, request.headers.range, response).catch((error: unknown) => {
      if (exhaustedResource(error) !== undefined) this.refused(failureOf(error, `reading '${file}'`, {}));
      throw error;
    });
  }

  /** The file of a name, also of an absolute path, if it is in the folder and not a link out of it; undefined if it is elsewhere. */
  async #within(name: string): Promise<string | undefined> {
    const folder = await realpath(path.dirname(this.list));
    const own = [folder, path.dirname(this.list)].find((one) => name.startsWith(`${one}/`));
    const file = await realpath(path.join(folder, own === undefined ? name : name.slice(own.length))).catch(() => undefined);
    // An existing absolute path elsewhere is refused; a name without a file is only missing.
    if (file === undefined) return existsSync(name) ? undefined : MISSING;
    return file.startsWith(`${folder}${path.sep}`) && (await stat(file)).isFile() ? file : undefined;
  }
}

async function send(file: string, range: string | undefined, response: ServerResponse): Promise<void> {
  const { size } = await stat(file);
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  const start = Number(from ?? 0);
  const end = Math.min(size - 1, to === undefined || to === '' ? size - 1 : Number(to));
  const headers = { 'Accept-Ranges': 'bytes', 'Connection': 'close' };
  if (from !== undefined && start >= size) {
    sendEmpty(response, 416, { 'Content-Range': `bytes */${size}` });
    return;
  }
  response.writeHead(from === undefined ? 200 : 206, {
    ...headers, 'Content-Length': String(Math.max(0, end - start + 1)),
    ...(from !== undefined && { 'Content-Range': `bytes ${start}-${end}/${size}` }),
  });
  if (size === 0) response.end();
  else await pipeline(createReadStream(file, { start, end }), response);
}
