/** HTTP sources. The server's answer shows whether it is a file, which is downloaded or read in place, or a live stream. */
import { Observable } from 'rxjs';
import { type ClockDifference, mono } from '../core/clock.js';
import { SOURCE } from '../core/defaults/defaults.js';
import { DOWNLOAD } from '../core/defaults/limits.js';
import { InvalidOption, failureOf, isRxcamError } from '../core/errors/errors.js';
import { NETWORK_ROWS } from '../core/errors/stderr-rows.js';
import { normalizeUrl, redactInvalidUrl, redactUrl } from '../core/redact/redact.js';
import { Secrets } from '../core/redact/secrets.js';
import { fileInput } from './file.js';
import { type RequestTarget, HostRules, Login, checkAnswer, getWithRedirects, withoutCredentials } from './client/index.js';
import { type DownloadResult, addReader, download, streamOf } from './download/index.js';
import { GATED, inPlaceInput, liveInput } from './input/index.js';
import type { Preparation, Source, SourceInput } from '../core/source.js';
import type { SourceKind, SourceReadOptions } from './source-kind.js';

export const http: SourceKind = {
  accepts: 'http://host/path or https://host/path',
  protocols: ['pipe', ...GATED, 'file'],
  secrets: 'http',
  match(address, options) {
    if (!/^https?:\/\//i.test(address)) return undefined;
    const url = normalizeUrl(address);
    if (!URL.canParse(url) || new URL(url).hostname === '') {
      throw new InvalidOption(`source: '${redactInvalidUrl(address)}' given; allowed: http://[user:password@]host[:port]/path`);
    }
    return new HttpSource(address, new URL(url), options);
  },
};

/** Counts as a file until the server's answer shows that it is live. */
class HttpSource implements Source {
  readonly address: string;
  readonly remote = true;
  readonly stderr = NETWORK_ROWS;
  /** Redirects with credentials add to it. */
  readonly secrets: Secrets;
  clock: ClockDifference | undefined;
  /** The file of the cache that ffmpeg reads. */
  reads: string | undefined;
  #live = false;
  #downloading: Source['downloading'];
  readonly #url: URL;
  readonly #login: Login | undefined;
  readonly #rules: HostRules;

  constructor(address: string, url: URL, readonly options: SourceReadOptions) {
    this.address = redactUrl(address);
    this.secrets = new Secrets(address);
    this.#url = withoutCredentials(url);
    this.#login = Login.of(url);
    this.#rules = new HostRules(options.hosts ?? {}, url.hostname);
    this.#rules.checkOwn(this.address);
    addReader(this);
  }

  get kind(): 'http' | 'http-file' {
    return this.#live ? 'http' : 'http-file';
  }

  get live(): boolean {
    return this.#live;
  }

  get downloading(): Source['downloading'] {
    return this.#downloading;
  }

  get endless(): boolean {
    return this.#live;
  }

  prepare(): Observable<Preparation> {
    return new Observable((subscriber) => {
      const controller = new AbortController();
      const reportProgress = throttled(() => { subscriber.next({ type: 'progress' }); });
      const progress = (bytes: number, totalBytes: number) => {
        this.#downloading = { bytes, totalBytes };
        reportProgress();
      };
      this.#prepareInput(this.#target(controller.signal), progress).finally(() => { this.#downloading = undefined; }).then((input) => {
        subscriber.next({ type: 'input', input });
        subscriber.complete();
      }, (error: unknown) => {
        subscriber.error(isRxcamError(error) ? error : failureOf(error, `reading '${this.address}'`, {}));
      });
      return () => { controller.abort(); };
    });
  }

  async #prepareInput(target: RequestTarget, progress: (bytes: number, totalBytes: number) => void): Promise<SourceInput> {
    const { options } = this;
    const inPlace = options.download === false;
    const found = await (inPlace ? probe(target) : download(target, {
      cacheDir: options.cacheDir, maxBytes: options.maxDownloadBytes ?? SOURCE.maxDownloadBytes,
      minBytesPerSecond: options.minDownloadBytesPerSecond ?? SOURCE.minDownloadBytesPerSecond,
    }, progress));
    this.#live = found.nature !== 'file';
    if (found.nature === 'file' && found.path !== undefined) {
      this.reads = found.path;
      return fileInput(found.path, options);
    }
    // Each request begins at the original address, because the target of a redirect may be valid only once.
    return found.nature === 'file' ? inPlaceInput(target, options) : liveInput(target, found.nature, options);
  }

  #target(signal: AbortSignal): RequestTarget {
    return {
      url: this.#url,
      login: this.#login,
      rules: this.#rules,
      shown: this.address,
      timeoutMs: this.options.readTimeoutMs,
      signal,
      keepSecret: (address) => { this.secrets.addSecretsOf(address); },
      clock: (difference) => { this.clock = difference; },
    };
  }
}

/** Requests an address only to find out whether it is a file or a stream, and closes the connection. */
async function probe(target: RequestTarget): Promise<Exclude<DownloadResult, { path: string }> | { readonly nature: 'file'; readonly path: undefined }> {
  const answer = await getWithRedirects(target, {});
  const nature = await checkAnswer(answer, target.shown);
  if (nature !== 'file') return { nature: await streamOf(answer, nature, target.shown) };
  await answer.close();
  return { nature, path: undefined };
}

/** A function that calls `work` at most once every `DOWNLOAD.progressMs`. */
function throttled(work: () => void): () => void {
  let last = -Infinity;
  return () => {
    if (mono() - last < DOWNLOAD.progressMs) return;
    last = mono();
    work();
  };
}
