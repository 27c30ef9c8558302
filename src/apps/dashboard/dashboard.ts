/** dashboard(): one page that shows all cameras, brokers and streams, served on this machine. */
import { randomBytes } from 'node:crypto';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { z } from 'zod';
import type { Broker } from '../../broker/index.js';
import type { Camera } from '../../camera/index.js';
import { DASHBOARD } from '../../core/defaults/watching.js';
import { InvalidOption } from '../../core/errors/errors.js';
import { callback, count, options, parseOptions } from '../../core/options.js';
import { type MetricsConfig, type ReceivedStream, type Several, metrics } from '../metrics/index.js';
import { appOf } from './app.js';
import { assets } from './assets.js';
import { isLoopback } from './guard.js';
import { Live } from './live/index.js';
import { Watch } from './watch/index.js';

/** Options of {@link dashboard}. */
export interface DashboardConfig {
  /** Brokers to show: a list, or a function that gives those of now. Default none. */
  readonly brokers?: Several<Broker> | undefined;
  /** Streams that are read from brokers, by name, as `metrics` takes them. Default none. */
  readonly received?: MetricsConfig['received'];
  /** Port to listen on; 0 lets the system choose. Default 8790. */
  readonly port?: number | undefined;
  /** Address to listen on. Default `127.0.0.1`: this machine alone. */
  readonly host?: string | undefined;
  /** The token that a browser needs, at least 16 characters. Default: none on loopback, a random one elsewhere. */
  readonly token?: string | undefined;
  /** Further names that the dashboard is called by: of a reverse proxy. Default none. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** ffmpeg processes that make pictures for those who look, at a time. Default 16. */
  readonly maxDecoders?: number | undefined;
}

/** A dashboard that is served. */
export interface Dashboard extends AsyncDisposable {
  /** The address to open; with the token, if there is one. */
  readonly url: string;
  readonly port: number;
  /** Ends it, with all its connections and processes. The cameras are not touched. */
  close(): Promise<void>;
}

const schema = options({
  brokers: callback<() => Iterable<Broker>>(), received: callback<() => Readonly<Record<string, ReceivedStream>>>(),
  port: z.number().int().min(0).max(65_535).default(DASHBOARD.port),
  host: z.string().min(1).default(DASHBOARD.host),
  token: z.string().regex(/^[\w.~-]{16,200}$/, 'expected 16 or more letters, digits, and ._~-').optional(),
  allowedHosts: z.array(z.string().min(1)).default([]),
  maxDecoders: count().default(DASHBOARD.maxDecoders),
});

/**
 * Serves a page that shows what cameras, brokers and received streams do: a card for each camera with its last picture, those in
 * trouble first; for each a live view, its last 24 hours, figures, settings, and the account of every picture; metrics for
 * Prometheus under `/metrics`. Pictures are read off the pipelines while somebody looks: no camera gets a second session.
 *
 * Elsewhere than on loopback a browser must know the token, which is in `url`. Foreign pages and names are refused.
 *
 * Rejects with InvalidOption where the port can't be listened on.
 *
 * @example
 * ```ts
 * const page = await dashboard([gate, yard], { brokers: [broker] });
 * console.log(page.url);
 * ```
 * @param cameras - what `camera` returns; a list, or a function that gives those of now
 * @throws InvalidOption
 */
export async function dashboard(cameras: Several<Camera>, config: DashboardConfig = {}): Promise<Dashboard> {
  const { brokers = [], received = {} } = config;
  const watched = { cameras: each(cameras), brokers: each(brokers), received: typeof received === 'function' ? received : () => received };
  const given = parseOptions('dashboard', schema, { ...config, brokers: watched.brokers, received: watched.received });
  const token = given.token ?? (isLoopback(given.host) ? undefined : randomBytes(24).toString('base64url'));
  const files = assets();
  const watch = new Watch(watched);
  const page = metrics(watched.cameras, watched.brokers, { received: watched.received });
  const live = new Live((id) => watch.hub(id), given.maxDecoders);
  let port = given.port;
  const listening = { host: given.host, token, allowedHosts: given.allowedHosts.map((name) => name.toLowerCase()) };
  const app = appOf({ watch, live, metrics: page, assets: files, listening, cookie: () => `rxcam_${port}` });
  // Requests and responses of the program around it stay those of Node.
  // eslint-disable-next-line @typescript-eslint/no-misused-promises -- it answers by itself
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  try {
    port = await listen(server, given.host, given.port);
  } catch (error) {
    watch.stop();
    throw error;
  }
  const close = async () => {
    live.end();
    watch.stop();
    if (!server.listening) return;
    const closed = new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://${shownHost(given.host)}:${port}/${token === undefined ? '' : `?token=${token}`}`, port, close, [Symbol.asyncDispose]: close };
}

function each<T>(several: Several<T>): () => Iterable<T> {
  return typeof several === 'function' ? several : () => several;
}

/** @throws InvalidOption */
async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is taken by another program, expected one that is free' : `can't be listened on: ${error.message}`;
      reject(new InvalidOption(`dashboard: option 'port': ${port} given, which ${why}`));
    });
    server.listen(port, host, resolve);
  });
  // A page that is open keeps no program alive.
  server.unref();
  return (server.address() as AddressInfo).port;
}

/** An address that a browser can open. */
function shownHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
