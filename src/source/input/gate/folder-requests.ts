/** Answers the requests for a playlist on the disk: with files of its own folder, and no others. */
import { createReadStream, existsSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type RxcamError, SourceRefused, failureOf } from '../../../core/errors/errors.js';
import { exhaustedResource } from '../../../core/errors/exhausted.js';
import { type GateSession, ENTRY_HOST, isEntryRequest, sendEmpty } from './gate.js';

/** Host name of the folder in ffmpeg's addresses. */
const FOLDER_HOST = 'folder.rxcam.invalid';
/** Result in place of a path: there is no such file. */
const MISSING = '';

export class FolderSession implements GateSession {
  /** @param list - the playlist's absolute path */
  constructor(readonly list: string, readonly refused: (error: RxcamError) => void) {}

  async answer(requested: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isEntryRequest(requested)) {
      sendEmpty(response, 302, { Location: `http://${FOLDER_HOST}/${encodeURIComponent(path.basename(this.list))}` });
      return;
    }
    // The concat demuxer resolves names against its original address, not against the target of a redirect.
    const isHere = requested.hostname === FOLDER_HOST || requested.hostname === ENTRY_HOST;
    const named = isHere ? decodeURIComponent(requested.pathname) : requested.origin;
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

  /**
   * The path of a file in the folder, by its name or absolute path; `MISSING` if there is none; undefined if the file, or the target of
   * a link, is elsewhere.
   */
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
