/** The dashboard's HTTP routes: page, events, pictures, a camera's history, "Try now", metrics. */
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { DASHBOARD } from '../../core/defaults/monitoring.js';
import type { Metrics } from '../metrics/index.js';
import type { Asset } from './assets.js';
import { sendEvents } from './server-sent-events.js';
import type { FleetWatch } from './fleet/index.js';
import { type Listening, SECURITY_HEADERS, isAuthorized, isToken, refusalReason } from './access-control.js';
import type { Live } from './live/index.js';
import { LOGIN_POLICY, loginPage } from './login-page.js';
import type { Watch } from './watch/index.js';

/** The parts of a dashboard. */
export interface Parts {
  readonly watch: Watch;
  /** The fleet, on the dashboard of a worker. */
  readonly fleet: FleetWatch | undefined;
  readonly live: Live;
  readonly metrics: Metrics;
  readonly assets: ReadonlyMap<string, Asset>;
  readonly listening: Listening;
  /** Name of the cookie; has the port, so that two dashboards on one machine do not log each other out. */
  cookie(): string;
}

type Env = { Bindings: HttpBindings };

const WISHES = z.object({
  wishes: z.record(z.string().max(500), z.enum(['card', 'live'])).refine((wishes) => Object.keys(wishes).length <= DASHBOARD.maxCamerasPerViewer),
  decodes: z.array(z.enum(['h264', 'h265'])).max(2),
});
/** Largest request body, in bytes: wishes for a thousand cameras. */
const MAX_BODY = 256 * 1024;

export function createApp(parts: Parts): Hono<Env> {
  const { watch, fleet, live, metrics, listening } = parts;
  const app = new Hono<Env>();
  app.use(async (context, next) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) context.env.outgoing.setHeader(name, value);
    const { incoming } = context.env;
    const refused = refusalReason(incoming, listening);
    if (refused !== undefined) return context.text(`${refused}\n`, 403);
    const token = context.req.query('token');
    if (context.req.path === '/' && token !== undefined && listening.token !== undefined) return login(context, token, parts);
    if (!isAuthorized(incoming, listening, parts.cookie())) {
      return unauthorized(context, false);
    }
    return next();
  });
  app.get('/', (context) => asset(context, parts.assets.get('index.html')));
  app.get('/assets/:name', (context) => asset(context, parts.assets.get(context.req.param('name'))));
  app.get('/metrics', (context) => {
    const { contentType, body } = metrics.answer(context.req.header('accept'));
    return context.body(body, 200, { 'content-type': contentType, 'cache-control': 'no-store' });
  });
  app.get('/api/events', ({ env, req }) => {
    sendEvents(watch, fleet, env.outgoing, req.query('camera'));
    return RESPONSE_ALREADY_SENT;
  });
  app.get('/api/known', (context) => context.body(null, 204));
  app.get('/api/fleet/config', async (context) => {
    const config = await fleet?.config(context.req.query('id') ?? '');
    return config === undefined ? context.text('no such camera\n', 404) : context.text(config, 200, { 'cache-control': 'no-store' });
  });
  app.get('/api/camera', (context) => {
    const page = watch.page(context.req.query('id') ?? '');
    return page === undefined ? context.text('no such camera\n', 404) : context.json(page, 200, { 'cache-control': 'no-store' });
  });
  app.post('/api/retry', async (context) => {
    const { id } = z.object({ id: z.string() }).catch({ id: '' }).parse(await bodyOf(context));
    const hub = watch.hub(id);
    if (hub === undefined) return context.text('no such camera\n', 404);
    hub.retryNow();
    return context.body(null, 204);
  });
  app.get('/api/pictures', ({ env, text }) => {
    if (live.isFull) return text('too many pages are open\n', 503);
    env.outgoing.writeHead(200, { 'content-type': 'application/octet-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    live.open(env.outgoing);
    return RESPONSE_ALREADY_SENT;
  });
  app.post('/api/pictures/:session', async (context) => {
    const asked = WISHES.safeParse(await bodyOf(context));
    if (!asked.success) return context.text('expected { wishes: { id: "card" or "live" }, decodes: [] }\n', 400);
    return live.ask(context.req.param('session'), asked.data) ? context.body(null, 204) : context.text('no such stream\n', 404);
  });
  app.notFound((context) => context.text('not found\n', 404));
  app.onError((_, context) => context.text('the dashboard failed to answer\n', 500));
  return app;
}

const NO_TOKEN = 'This dashboard needs a token: open the address that rxcam printed when it started.\n';
const WRONG_TOKEN = 'This token is not the one that rxcam printed when it started.\n';

/** Returns the form for the token to a browser; a program gets a text about where to find the token. */
function unauthorized(context: Context<Env>, isWrong: boolean): Response {
  const isPage = context.req.path === '/' && (context.req.header('accept') ?? '').includes('text/html');
  if (!isPage) return context.text(isWrong ? WRONG_TOKEN : NO_TOKEN, 401);
  context.env.outgoing.setHeader('content-security-policy', LOGIN_POLICY);
  return context.html(loginPage(isWrong), 401, { 'cache-control': 'no-store' });
}

/** Moves the token from the address to a cookie that no script can read and no other page sends. */
function login(context: Context<Env>, token: string, parts: Parts): Response {
  const { listening } = parts;
  if (listening.token === undefined || !isToken(token, listening.token)) return unauthorized(context, true);
  context.header('set-cookie', `${parts.cookie()}=${listening.token}; HttpOnly; SameSite=Strict; Path=/; Max-Age=31536000`);
  return context.redirect('/', 303);
}

function asset(context: Context<Env>, file: Asset | undefined): Response {
  if (file === undefined) return context.text('not found\n', 404);
  const headers = { 'content-type': file.type, 'cache-control': 'no-cache', 'etag': file.etag, 'vary': 'accept-encoding' };
  if (context.req.header('if-none-match') === file.etag) return context.body(null, 304, headers);
  const isZipped = /\bgzip\b/.test(context.req.header('accept-encoding') ?? '');
  const bytes = isZipped ? file.zipped : file.plain;
  return context.body(new Uint8Array(bytes), 200, isZipped ? { ...headers, 'content-encoding': 'gzip' } : headers);
}

/** The parsed body; undefined if it is too long or not JSON. */
async function bodyOf({ env }: Context<Env>): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of env.incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}
