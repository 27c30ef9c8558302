/** A real HTTP server: files with validators and ranges, live streams, and typical failures of servers. */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { once } from 'node:events';
import { extname } from 'node:path';
import { type Program, startProgram } from './process.js';

/** Answers one request. When the response closes, it ends everything that it has started. */
export type Route = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

export interface HttpServer {
  readonly host: string;
  readonly port: number;
  /** `http://host:port` and the path. */
  urlOf(path: string): string;
  /** The routes, by path without the query; may be changed at any time. Other paths are answered with 404. */
  readonly routes: Record<string, Route>;
  /** Every request so far. */
  readonly requests: readonly SeenRequest[];
  /** Resolves when `count` requests have arrived since the start. */
  whenRequested(count: number): Promise<void>;
  /** Resets all connections (RST) and refuses new ones. */
  down(): Promise<void>;
  /** Listens again on the same port. */
  start(): Promise<void>;
  /** The same as `down`, at the end of a test. */
  stop(): Promise<void>;
}

/** Starts a server on a free port. */
export async function startHttpServer(routes: Record<string, Route> = {}): Promise<HttpServer> {
  const host = '127.0.0.1';
  const requests: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    requests.push({ method: request.method ?? '', path, headers: request.headers });
    server.emit('seen');
    const route = routes[path] ?? status(404);
    Promise.resolve(route(request, response)).catch((error: unknown) => response.destroy(error as Error));
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await listen(server, host, 0);
  const { port } = server.address() as AddressInfo;
  const down = async () => {
    const closed = server.listening ? once(server, 'close') : undefined;
    server.close();
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
  };
  return {
    host, port, routes, requests, down,
    urlOf: (path) => `http://${host}:${port}${path}`,
    whenRequested: async (count) => { while (requests.length < count) await once(server, 'seen'); },
    start: async () => { if (!server.listening) await listen(server, host, port); },
    stop: down,
  };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
}

const TYPES: Record<string, string> = {
  '.mp4': 'video/mp4', '.mkv': 'video/x-matroska', '.ts': 'video/mp2t', '.m3u8': 'application/vnd.apple.mpegurl',
};

export interface FileOptions {
  /** Send an ETag (of the content). Default true. */
  etag?: boolean;
  /** Send Last-Modified. Default true. */
  lastModified?: boolean;
  /** Answer Range requests with 206. Default true. */
  range?: boolean;
  /** Send Content-Length; without it, the body is chunked. Default true. */
  length?: boolean;
  /** Reset the connection (RST) after this number of bytes of the body, for the first `cuts` requests. */
  cutAfter?: number;
  /** Number of requests to which `cutAfter` applies; default all. */
  cuts?: number;
  /** Send this number of bytes of the body and then nothing, without closing the connection. */
  stallAfter?: number;
  /** The most bytes a second. */
  bytesPerSecond?: number;
  contentType?: string;
}

/** Serves a file, with the content that it has at the time of the request. */
export function file(path: string, options: FileOptions = {}): Route {
  const { etag = true, lastModified = true, range = true, length = true } = options;
  let cutsLeft = options.cutAfter === undefined ? 0 : options.cuts ?? Infinity;
  return async (request, response) => {
    const { size, mtime } = statSync(path);
    const tag = `"${createHash('md5').update(readFileSync(path)).digest('hex')}"`;
    const modified = mtime.toUTCString();
    response.setHeader('Content-Type', options.contentType ?? TYPES[extname(path)] ?? 'application/octet-stream');
    if (etag) response.setHeader('ETag', tag);
    if (lastModified) response.setHeader('Last-Modified', modified);
    if (range) response.setHeader('Accept-Ranges', 'bytes');
    if (isFresh(request, etag ? tag : undefined, lastModified ? modified : undefined)) {
      response.writeHead(304).end();
      return;
    }
    const validators = [etag ? tag : undefined, lastModified ? modified : undefined];
    const part = range ? partOf(request, size, validators) : undefined;
    if (part !== undefined && part.first >= size) {
      response.writeHead(416, { 'Content-Range': `bytes */${size}` }).end();
      return;
    }
    const { first, last } = part ?? { first: 0, last: size - 1 };
    if (part !== undefined) response.setHeader('Content-Range', `bytes ${first}-${last}/${size}`);
    if (length) response.setHeader('Content-Length', last - first + 1);
    response.writeHead(part === undefined ? 200 : 206);
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const cutAfter = cutsLeft-- > 0 ? options.cutAfter : undefined;
    await send(path, { first, last }, response, { ...options, ...(cutAfter === undefined && { cutAfter: Infinity }) });
  };
}

function isFresh(request: IncomingMessage, etag: string | undefined, modified: string | undefined): boolean {
  const match = request.headers['if-none-match'];
  if (match !== undefined) return match === etag;
  return modified !== undefined && request.headers['if-modified-since'] === modified;
}

function partOf(
  request: IncomingMessage, size: number, validators: (string | undefined)[],
): { first: number; last: number } | undefined {
  const wanted = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const ifRange = request.headers['if-range'];
  if (!wanted || (typeof ifRange === 'string' && !validators.includes(ifRange))) return undefined;
  const last = wanted[2] ? Math.min(Number(wanted[2]), size - 1) : size - 1;
  return { first: Number(wanted[1]), last };
}

const CHUNK_BYTES = 16 * 1024;

async function send(
  path: string, { first, last }: { first: number; last: number }, response: ServerResponse, options: FileOptions,
): Promise<void> {
  const { cutAfter = Infinity, stallAfter = Infinity, bytesPerSecond } = options;
  let sent = 0;
  for await (const chunk of createReadStream(path, { start: first, end: last, highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    const part = chunk.subarray(0, Math.min(cutAfter, stallAfter) - sent);
    sent += part.length;
    if (!response.write(part)) await drained(response);
    if (response.destroyed) return;
    if (sent >= stallAfter) return;
    if (sent >= cutAfter) {
      // A reset would discard bytes that are not sent yet.
      await new Promise((resolve) => { response.write('', resolve); });
      response.socket?.resetAndDestroy();
      return;
    }
    if (bytesPerSecond !== undefined) await pause(part.length / bytesPerSecond * 1000);
  }
  response.end();
}

async function drained(response: ServerResponse): Promise<void> {
  const either = new AbortController();
  await Promise.race(['drain', 'close'].map((event) => once(response, event, { signal: either.signal }).catch(() => { /* the other event came first */ })));
  either.abort();
}

async function pause(ms: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}

export interface LiveOptions {
  /** Default 320. */
  width?: number;
  /** Default 240. */
  height?: number;
  /** Default 10. */
  fps?: number;
  /** End the response after this number of frames; default never. */
  frames?: number;
}

/** MJPEG as cameras serve it: multipart/x-mixed-replace without an end. */
export function mjpeg(options: LiveOptions = {}): Route {
  return live(options, 'multipart/x-mixed-replace;boundary=ffmpeg', ['-c:v', 'mjpeg', '-q:v', '5', '-f', 'mpjpeg']);
}

/** H.264 in an MPEG transport stream without length or end. */
export function mpegts(options: LiveOptions = {}): Route {
  const { fps = 10 } = options;
  const encoder = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', String(fps), '-threads', '1'];
  return live(options, 'video/mp2t', [...encoder, '-pix_fmt', 'yuv420p', '-f', 'mpegts']);
}

function live({ width = 320, height = 240, fps = 10, frames }: LiveOptions, type: string, output: string[]): Route {
  return async (_request, response) => {
    const program: Program = await startProgram({
      name: 'ffmpeg', command: 'ffmpeg', rawStdout: true,
      args: [
        '-hide_banner', '-loglevel', 'error', '-nostdin', '-re', '-f', 'lavfi', '-i', `testsrc2=s=${width}x${height}:r=${fps}`,
        ...(frames === undefined ? [] : ['-frames:v', String(frames)]), ...output, '-flush_packets', '1', 'pipe:1',
      ],
    });
    response.on('close', () => { void program.kill(); });
    response.writeHead(200, { 'Content-Type': type });
    program.stdout.pipe(response);
  };
}

/** Answers with a status and no body; 401 requests Basic. */
export function status(code: number, headers: Record<string, string> = {}): Route {
  const challenge = code === 401 ? { 'WWW-Authenticate': 'Basic realm="camera"' } : {};
  return (_request, response) => { response.writeHead(code, { ...challenge, ...headers }).end(); };
}

/** Redirects the client. */
export function redirect(to: string): Route {
  return status(302, { Location: to });
}

/** Answers with bytes. */
export function body(content: string | Buffer, contentType = 'application/octet-stream'): Route {
  return (_request, response) => {
    response.writeHead(200, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(content) }).end(content);
  };
}

/** Accepts the request and never answers. */
export function blackHole(): Route {
  return () => { /* the client has to time out */ };
}

/** Serves `route` to clients that log in with Basic, and 401 to others. */
export function login(user: string, password: string, route: Route): Route {
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return (request, response) => (request.headers.authorization === expected ? route : status(401))(request, response);
}
