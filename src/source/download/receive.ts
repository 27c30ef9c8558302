/** Writes the body of an answer to a temporary file until it ends, is interrupted, or can't be stored. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { DOWNLOAD } from '../../core/defaults/limits.js';
import { SourceTimeout } from '../../core/errors/errors.js';
import { type HttpResponse, type RequestTarget, silenceTimeout, storageFailure } from '../client/index.js';
import { NO_LINK } from '../../core/defaults/cache-folder.js';
import type { PartialFile } from './partial-file.js';
import { Rate } from './download-rate.js';

/**
 * Appends the body to `part`. Returns undefined when it is complete and on the disk, or the interruption.
 * @throws SourceTimeout after the time limit for silence or below the lowest rate; CaptureCrashed if it can't be stored
 */
export async function receiveBody(
  answer: HttpResponse, part: PartialFile, target: RequestTarget, minBytesPerSecond: number, progress: () => void,
): Promise<Error | undefined> {
  const onDisk = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw storageFailure(error, part.folder, target.shown);
    }
  };
  let handle: FileHandle | undefined;
  try {
    handle = await onDisk(open(part.path, constants.O_RDWR | NO_LINK | (part.bytes === 0 ? constants.O_CREAT | constants.O_TRUNC : 0), 0o600));
    await onDisk(handle.truncate(part.bytes));
    const body = answer.body[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
    const rate = new Rate(minBytesPerSecond, DOWNLOAD.rateWindowMs, target.shown);
    for (;;) {
      const chunk = await rate.measure(async () => nextChunk(body, answer, target), (piece) => (piece instanceof Error ? 0 : piece?.length ?? 0));
      if (chunk instanceof Error) return chunk;
      if (chunk === undefined) break;
      if (part.bytes + chunk.length > part.total) return new Error('more bytes arrived than announced');
      await onDisk(writeAll(handle, chunk, part.bytes));
      if (Math.floor((part.bytes + chunk.length) / DOWNLOAD.syncBytes) > Math.floor(part.bytes / DOWNLOAD.syncBytes)) {
        await onDisk(handle.datasync());
      }
      part.bytes += chunk.length;
      progress();
    }
    if (part.bytes !== part.total) return new Error('fewer bytes arrived than announced');
    await onDisk(handle.sync());
    return undefined;
  } finally {
    await handle?.close();
    await answer.close();
    if (target.signal.aborted) part.discard();
  }
}

/** The next piece, undefined at the end, or the error instead. Silence is measured only here, so that a slow disk does not count. */
export async function nextChunk(
  body: AsyncIterator<Buffer, undefined>, answer: HttpResponse, target: RequestTarget,
): Promise<Buffer | undefined | Error> {
  const timer = setTimeout(() => {
    answer.body.destroy(silenceTimeout('has sent nothing', target.timeoutMs, target.shown));
  }, target.timeoutMs);
  try {
    return (await body.next()).value;
  } catch (error) {
    if (error instanceof SourceTimeout || target.signal.aborted) throw error;
    return error as Error;
  } finally {
    clearTimeout(timer);
  }
}

/** Writes all bytes: a single write may be partial. */
async function writeAll(handle: FileHandle, chunk: Buffer, position: number): Promise<void> {
  for (let done = 0; done < chunk.length;) {
    done += (await handle.write(chunk, done, chunk.length - done, position + done)).bytesWritten;
  }
}
