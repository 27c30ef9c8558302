/** Answers the requests for an HTTP source: for each request of ffmpeg, rxcam makes one, with its checks and its login. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { ResourceExhausted, type RxcamError, SourceRefused, isRxcamError } from '../../../core/errors/errors.js';
import { type HttpResponse, type RequestTarget, Login, redirectOf, redirectTarget, requestWithLogin } from '../../client/index.js';
import { type GateSession, isEntryRequest, sendEmpty } from './gate.js';
import type { StreamChoice } from '../../../core/source.js';
import { MAX_PLAYLIST_BYTES, isPlaylist, listThroughGate } from './reduce-playlist.js';

/** Headers that are passed on to ffmpeg. */
const PASSED_HEADERS = ['content-type', 'content-length', 'content-range', 'accept-ranges'] as const;

/** Options of a {@link WebSession}. */
export interface WebOptions {
  /** The first address, with its login. */
  readonly target: RequestTarget;
  readonly choice: StreamChoice;
  /** Called if the source leads to a host that is not allowed, or if no socket is left. */
  refused(error: RxcamError): void;
}

export class WebSession implements GateSession {
  /** Logins by origin: the camera's, and those in redirects and playlists. */
  readonly #logins = new Map<string, Login>();
  /** Each `host:port` that ffmpeg requests as http:, and rxcam as https:. */
  readonly #tlsHosts = new Set<string>();

  constructor(readonly options: WebOptions) {
    const { login, url } = options.target;
    if (login !== undefined) this.#logins.set(url.origin, login);
  }

  async answer(requested: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { target } = this.options;
    if (isEntryRequest(requested)) {
      sendEmpty(response, 302, { Location: this.#addressForFfmpeg(target.url) });
      return;
    }
    const url = this.#realUrl(requested);
    const range = request.headers.range;
    try {
      const answer = await requestWithLogin(url, this.#loginFor(url), range === undefined ? {} : { Range: range }, target);
      response.once('close', () => { void answer.close(); });
      const location = redirectOf(answer);
      if (location === undefined) await this.#body(answer, response);
      else this.#redirect(redirectTarget(url, location, target.shown), response);
    } catch (error) {
      if ((error instanceof SourceRefused && error.cause === undefined) || error instanceof ResourceExhausted) this.options.refused(error);
      if (response.headersSent) response.destroy();
      else sendEmpty(response, isRxcamError(error) && error.code === 'SOURCE_TIMEOUT' ? 504 : 502);
    }
  }

  #redirect(to: URL, response: ServerResponse): void {
    sendEmpty(response, 302, { Location: this.#addressForFfmpeg(to) });
  }

  async #body({ status, headers, body }: HttpResponse, response: ServerResponse): Promise<void> {
    const first = await firstChunkOf(body);
    if (status === 200 && first !== undefined && isPlaylist(first, headers)) {
      const text = listThroughGate(await textOf(first, body), this.options.choice, (origin) => this.#addressForFfmpeg(new URL(origin)).replace(/\/$/, ''));
      response.writeHead(200, { 'Content-Type': headers['content-type'] ?? 'application/vnd.apple.mpegurl', 'Content-Length': Buffer.byteLength(text), 'Connection': 'close' }).end(text);
      return;
    }
    for (const name of PASSED_HEADERS) if (headers[name] !== undefined) response.setHeader(name, headers[name]);
    response.writeHead(status, { Connection: 'close' });
    if (first !== undefined) response.write(first);
    await pipeline(body, response);
  }

  /** The address for ffmpeg: without a login, and always http:. */
  #addressForFfmpeg(url: URL): string {
    const own = Login.of(url);
    if (own !== undefined) {
      this.options.target.keepSecret(url.href);
      this.#logins.set(url.origin, own);
    }
    const isSecure = url.protocol === 'https:';
    const authority = `${url.hostname}:${url.port === '' ? (isSecure ? '443' : '80') : url.port}`;
    if (isSecure) this.#tlsHosts.add(authority);
    return `http://${isSecure ? authority : url.host}${url.pathname}${url.search}`;
  }

  /** The real address for one of ffmpeg's. */
  #realUrl(requested: URL): URL {
    const isSecure = this.#tlsHosts.has(`${requested.hostname}:${requested.port === '' ? '80' : requested.port}`);
    return new URL(`${isSecure ? 'https' : 'http'}://${requested.host}${requested.pathname}${requested.search}`);
  }

  #loginFor(url: URL): Login | undefined {
    return this.#logins.get(url.origin);
  }
}

/** The first bytes of a body, undefined if it has none. */
async function firstChunkOf(body: HttpResponse['body']): Promise<Buffer | undefined> {
  for (;;) {
    const chunk = body.read() as Buffer | null;
    if (chunk !== null) return chunk;
    if (body.readableEnded || body.destroyed) return undefined;
    await new Promise<void>((resolve) => {
      const done = () => {
        body.off('readable', done).off('end', done).off('close', done);
        resolve();
      };
      body.on('readable', done).on('end', done).on('close', done);
    });
  }
}

/** The text of a playlist. @throws SourceRefused above the limit */
async function textOf(first: Buffer, body: HttpResponse['body']): Promise<string> {
  const parts = [first];
  let bytes = first.length;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_PLAYLIST_BYTES) throw new SourceRefused(`a playlist has more than ${MAX_PLAYLIST_BYTES} bytes`);
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
}
