/** Downloads an HTTP file into the cache, unless the copy there is valid, and resumes an interrupted download. */
import { open, statfs } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { DOWNLOAD } from '../../core/defaults/limits.js';
import { SourceRefused } from '../../core/errors/errors.js';
import { type HttpResponse, type RequestTarget, type Stream, checkAnswer, diskFullError, getWithRedirects, conditionalHeaders, lengthOf, natureOfContent, noVideoError, rangeOf, sniff, storageFailure, validatorsOf } from '../client/index.js';
import { type Cached, cacheKeyOf, findCached, markUsed, openFolder, storeDownload } from './cache.js';
import { PartialFile } from './partial-file.js';
import { receiveBody } from './receive.js';

export interface DownloadOptions {
  readonly cacheDir: string | undefined;
  readonly maxBytes: number;
  /** Lowest rate, below which a download fails. */
  readonly minBytesPerSecond: number;
}

/** The result for an address: a file, or the nature of a stream. */
export type DownloadResult =
  | { readonly nature: 'file'; readonly path: string }
  /** Its connection is closed. */
  | { readonly nature: Stream };

/** Called with the bytes stored and those of the whole file. */
type OnProgress = (bytes: number, totalBytes: number) => void;

/**
 * The file at an address, or its nature if it has no end. `progress` is called for each piece that arrives. Aborting the target's signal
 * ends the download and removes the temporary file at once. Rejects with an RxcamError, or with the reason of the signal.
 */
export async function download(target: RequestTarget, options: DownloadOptions, progress: OnProgress): Promise<DownloadResult> {
  const key = cacheKeyOf(target.url);
  const folder = await openFolder(options.cacheDir).catch((error: unknown) => {
    throw storageFailure(error, options.cacheDir ?? 'the cache', target.shown);
  });
  const cached = await findCached(folder, key);
  target.signal.throwIfAborted();
  const part = new PartialFile(folder, key);
  return new Download(target, options, () => { progress(part.bytes, part.total); }, cached, part).run();
}

class Download {
  /** Most bytes stored so far, and the number of tries since then. */
  #mostBytes = 0;
  #tries = 0;

  constructor(
    readonly target: RequestTarget, readonly options: DownloadOptions, readonly progress: () => void,
    readonly cached: Cached | undefined, readonly part: PartialFile,
  ) {}

  async run(): Promise<DownloadResult> {
    const { part, target: { signal } } = this;
    const discard = () => { part.discard(); };
    signal.addEventListener('abort', discard);
    try {
      for (;;) {
        const found = await this.#try();
        if (!(found instanceof Error)) return found;
        await wait(this.#pause(found), undefined, { signal });
      }
    } finally {
      signal.removeEventListener('abort', discard);
      discard();
    }
  }

  /** Waiting time after an interruption; ms. @throws SourceRefused after the last try */
  #pause(interruption: Error): number {
    const { part: { bytes, total }, target } = this;
    this.#tries = bytes > this.#mostBytes ? 1 : this.#tries + 1;
    this.#mostBytes = Math.max(bytes, this.#mostBytes);
    if (this.#tries < DOWNLOAD.maxTries) return DOWNLOAD.againMs * 2 ** (this.#tries - 1);
    throw new SourceRefused(
      `the download of '${target.shown}' was interrupted ${this.#tries} times after ${this.#mostBytes} of ${total} bytes`,
      { cause: interruption },
    );
  }

  /** Makes one request; returns its result, or the interruption. */
  async #try(): Promise<DownloadResult | Error> {
    const { part, target } = this;
    const answer = await this.#request();
    if (answer instanceof Error) return answer;
    const early = await this.#withoutBody(answer);
    if (early !== undefined) return early;
    if (!this.#isRest(answer) && !await this.#startOver(answer)) return new Error('the rest belongs to another version of the file');
    return await receiveBody(answer, part, target, this.options.minBytesPerSecond, this.progress) ?? this.#finish(answer);
  }

  /** The answer, or the error of a server that is gone during a download, because it may be back soon. */
  async #request(): Promise<HttpResponse | Error> {
    try {
      const answer = await getWithRedirects(this.target, this.#conditions());
      this.progress();
      return answer;
    } catch (error) {
      if (error instanceof SourceRefused && this.part.bytes > 0) return error;
      throw error;
    }
  }

  #conditions(): Record<string, string> {
    const { bytes, validators: { strong } } = this.part;
    if (bytes > 0 && strong !== undefined) return { 'Range': `bytes=${bytes}-`, 'If-Range': strong };
    return this.cached === undefined ? {} : conditionalHeaders(this.cached);
  }

  /** The result if no body is needed: the copy in the cache is valid, or there is nothing to download. */
  async #withoutBody(answer: HttpResponse): Promise<DownloadResult | undefined> {
    const { status } = answer;
    if (status === 304 && this.cached !== undefined) {
      await answer.close();
      await markUsed(this.cached.path);
      return { nature: 'file', path: this.cached.path };
    }
    if (status === 416 && this.part.bytes > 0) return undefined;
    const nature = await checkAnswer(answer, this.target.shown);
    if (nature === 'file') return undefined;
    return { nature: await streamOf(answer, nature, this.target.shown) };
  }

  /** Whether the answer is exactly the rest of the stored part. */
  #isRest({ status, headers }: HttpResponse): boolean {
    const { bytes, total, validators } = this.part;
    const range = rangeOf(headers);
    const now = validatorsOf(headers);
    return status === 206 && bytes > 0 && range?.first === bytes && range.last === total - 1 && range.total === total
      && (now.etag === undefined || now.etag === validators.etag);
  }

  /** Whether the answer is the whole file; the stored part is then discarded. After any other answer, the file is requested again. */
  async #startOver(answer: HttpResponse): Promise<boolean> {
    const { part, target } = this;
    part.bytes = 0;
    part.validators = {};
    if (answer.status !== 200) {
      await answer.close();
      return false;
    }
    part.total = lengthOf(answer.headers) ?? 0;
    part.validators = validatorsOf(answer.headers);
    const { maxBytes } = this.options;
    if (part.total > maxBytes) {
      await answer.close();
      throw new SourceRefused(`'${target.shown}' has ${part.total} bytes; the limit is ${maxBytes} (maxDownloadBytes)`);
    }
    await this.#checkSpace(answer);
    return true;
  }

  /** Refuses a download that would fill the disk, which other programs use too. @throws CaptureCrashed */
  async #checkSpace(answer: HttpResponse): Promise<void> {
    const { part: { folder, total }, target } = this;
    const { blocks, bavail, bsize } = await statfs(folder).catch(() => ({ blocks: 0, bavail: 0, bsize: 0 }));
    if (blocks === 0 || total <= bavail * bsize) return;
    await answer.close();
    throw diskFullError(folder, target.shown, { need: `, which has ${total} bytes; ${bavail * bsize} are free` });
  }

  async #finish(answer: HttpResponse): Promise<DownloadResult> {
    const { part, target } = this;
    await answer.close();
    const content = natureOfContent(await headOf(part));
    if (content === 'playlist') return { nature: 'playlist' };
    if (content !== 'file') throw noVideoError(target.shown, content);
    target.signal.throwIfAborted();
    const path = await storeDownload(part, target.url).catch((error: unknown) => {
      throw storageFailure(error, part.folder, target.shown);
    });
    return { nature: 'file', path };
  }
}

/** The kind of an answer without an end; its connection is closed. */
export async function streamOf(answer: HttpResponse, nature: Stream, shown: string): Promise<Stream> {
  const found = nature === 'stream' ? await sniff(answer) : nature;
  await answer.close();
  if (found === 'list' || found === 'page') throw noVideoError(shown, found);
  return found;
}

const HEAD_BYTES = 1_024;

async function headOf(part: PartialFile): Promise<Buffer> {
  const handle = await open(part.path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
