/** dashboard(): serves one page that shows all cameras, brokers and streams. */
import { randomBytes } from 'node:crypto';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { getRequestListener } from '@hono/node-server';
import { z } from 'zod';
import type { Broker } from '../../broker/index.js';
import type { Camera } from '../../camera/index.js';
import { DASHBOARD } from '../../core/defaults/monitoring.js';
import { InvalidOption } from '../../core/errors/errors.js';
import type { Coordinator, FleetState } from '../../fleet/index.js';
import { callback, count, options, parseOptions } from '../../core/options.js';
import { type MetricsConfig, type ReceivedStream, type Several, metrics } from '../metrics/index.js';
import { createApp } from './app.js';
import { assets } from './assets.js';
import { FleetWatch } from './fleet/index.js';
import { isLoopback } from './access-control.js';
import { Live } from './live/index.js';
import { Watch } from './watch/index.js';

/** Options of {@link dashboard}. */
export interface DashboardConfig {
  /** Brokers to show: a list, or a function that returns the current ones. Default none. */
  readonly brokers?: Several<Broker> | undefined;
  /** Streams that are read from brokers, by name, as for `metrics`. Default none. */
  readonly received?: MetricsConfig['received'];
  /** The coordinator of a fleet, to show all of its cameras and workers. Default none. */
  readonly fleet?: Coordinator | undefined;
  /** The worker of this program: a function that returns the last value of `fleet`. Default none. */
  readonly worker?: MetricsConfig['worker'];
  /** Names of cameras that are configured but not enabled, which get a card too: a list, or a function. Default none. */
  readonly disabled?: Several<string> | undefined;
  /** Notices for all viewers, shown at the top of the page: a list, or a function. Default none. */
  readonly notices?: Several<string> | undefined;
  /** Port to listen on; 0 lets the system choose. Default 8790. */
  readonly port?: number | undefined;
  /** Address to listen on. Default `127.0.0.1`: only this machine. */
  readonly host?: string | undefined;
  /** Token that a browser needs, at least 16 characters. Default: none on loopback, else a random one. */
  readonly token?: string | undefined;
  /** Other host names of the dashboard, such as that of a reverse proxy. Default none. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Address of the dashboard for other machines; its host name is allowed. Default: with this machine's name, unless `host` is loopback. */
  readonly publicUrl?: string | undefined;
  /** Maximum number of ffmpeg processes that create pictures for viewers at the same time. Default 16. */
  readonly maxDecoders?: number | undefined;
}

/** A running dashboard. */
export interface Dashboard extends AsyncDisposable {
  /** The address to open, with the token if there is one. */
  readonly url: string;
  /** The port that it listens on. */
  readonly port: number;
  /** The address for other machines, without the token, which the page requests. */
  readonly publicUrl: string;
  /** Updates the list of cameras and brokers at once; it is also updated every ten seconds. */
  refresh(): void;
  /** Closes it, with all its connections and processes. Does not affect the cameras. */
  close(): Promise<void>;
}

const schema = options({
  brokers: callback<() => Iterable<Broker>>(), received: callback<() => Readonly<Record<string, ReceivedStream>>>(),
  disabled: callback<() => Iterable<string>>(), notices: callback<() => Iterable<string>>(),
  port: z.number().int().min(0).max(65_535).default(DASHBOARD.port),
  host: z.string().min(1).default(DASHBOARD.host),
  token: z.string().regex(/^[\w.~-]{16,200}$/, 'expected 16 or more letters, digits, and ._~-').optional(),
  allowedHosts: z.array(z.string().min(1)).default([]),
  fleet: z.custom<Coordinator>((value) => typeof (value as Coordinator | null)?.rows === 'function', { message: 'expected a coordinator(…)' }).optional(),
  worker: callback<() => FleetState | undefined>().optional(),
  publicUrl: z.url({ protocol: /^https?$/, error: 'expected an address that begins with http:// or https://' }).optional(),
  maxDecoders: count().default(DASHBOARD.maxDecoders),
});

/**
 * Serves a page that shows cameras, brokers and received streams: a card for each camera with its last picture, those in trouble
 * first; for each camera a live view, its last 24 hours, figures, settings, and the ledger of its pictures; and metrics for
 * Prometheus under `/metrics`. Pictures are taken from the pipelines while a page shows them: no camera gets a second session.
 *
 * Unless it listens on loopback, a browser needs the token, which is in `url`. Requests from other pages and to other host names
 * are refused.
 *
 * Rejects with InvalidOption if it can't listen on the port.
 *
 * @example
 * ```ts
 * const page = await dashboard([gate, yard], { brokers: [broker] });
 * console.log(page.url);
 * ```
 * @param cameras - results of `camera`; a list, or a function that returns the current ones
 * @throws InvalidOption
 */
export async function dashboard(cameras: Several<Camera>, config: DashboardConfig = {}): Promise<Dashboard> {
  const { brokers = [], received = {}, disabled = [], notices = [] } = config;
  const watched = { cameras: each(cameras), brokers: each(brokers), disabled: each(disabled), notices: each(notices), received: typeof received === 'function' ? received : () => received };
  const given = parseOptions('dashboard', schema, { ...config, brokers: watched.brokers, received: watched.received, disabled: watched.disabled, notices: watched.notices });
  const token = given.token ?? (isLoopback(given.host) ? undefined : randomBytes(24).toString('base64url'));
  const files = assets();
  const watch = new Watch(watched);
  const { worker } = given;
  const fleet = given.fleet && new FleetWatch(given.fleet, () => worker?.()?.worker);
  const page = metrics(watched.cameras, watched.brokers, { received: watched.received, worker });
  const live = new Live((id) => watch.hub(id), given.maxDecoders);
  let port = given.port;
  const listening = { host: given.host, token, allowedHosts: namesOf(given) };
  const app = createApp({ watch, fleet, live, metrics: page, assets: files, listening, cookie: () => `rxcam_${port}` });
  // The rest of the program keeps Node's own Request and Response.
  // eslint-disable-next-line @typescript-eslint/no-misused-promises -- it handles its errors
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
    fleet?.stop();
    if (!server.listening) return;
    const closed = new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
    server.closeAllConnections();
    await closed;
  };
  return {
    url: `http://${shownHost(given.host)}:${port}/${token === undefined ? '' : `?token=${token}`}`, port,
    publicUrl: given.publicUrl === undefined ? `http://${publicHost(given.host)}:${port}/` : withoutSecrets(given.publicUrl),
    refresh: () => { watch.refresh(); }, close, [Symbol.asyncDispose]: close,
  };
}

/** Host names of the dashboard, in addition to its address. */
function namesOf({ allowedHosts, publicUrl }: { readonly allowedHosts: readonly string[]; readonly publicUrl?: string | undefined }): string[] {
  return [...allowedHosts, ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname])].map((name) => name.toLowerCase());
}

/** The address without the token, which other users have to enter. */
function withoutSecrets(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

function each<T>(several: Several<T>): () => Iterable<T> {
  return typeof several === 'function' ? several : () => several;
}

/** @throws InvalidOption */
async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (['ENOTFOUND', 'EADDRNOTAVAIL', 'EAI_AGAIN', 'EINVAL'].includes(error.code ?? '')) {
        reject(new InvalidOption(`dashboard: option 'host': ${JSON.stringify(host)} given, expected an address of this machine (${error.message})`));
        return;
      }
      const why = error.code === 'EADDRINUSE' ? 'is taken by another program, expected one that is free' : `can't be listened on: ${error.message}`;
      reject(new InvalidOption(`dashboard: option 'port': ${port} given, which ${why}`));
    });
    server.listen(port, host, resolve);
  });
  // An open page does not keep the process alive.
  server.unref();
  return (server.address() as AddressInfo).port;
}

/** The name for browsers on other machines. */
function publicHost(host: string): string {
  return host === '0.0.0.0' || host === '::' ? hostname() : shownHost(host);
}

/** An address that a browser can open. */
function shownHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
