/** Options of `redis`, and the settings of its connections. */
import type { RedisOptions as AllClientOptions } from 'ioredis';
import { z } from 'zod';
import { REDIS } from '../../core/defaults/defaults.js';
import { InvalidOption } from '../../core/errors/errors.js';
import { byteCount, callback, count, options as object } from '../../core/options.js';
import { normalizeUrl, redactInvalidUrl, redactUrl, secretsOf, splitCredentials } from '../../core/redact/redact.js';
import { CLIENT_MEMBERS, type ClientConfig, RETRY_RANGE } from '../broker-options.js';

const DEFAULT_PORT = 6_379;

/** Options of `redis`. */
export interface RedisConfig extends ClientConfig {
  /**
   * `redis://user:password@host:port/db`, `rediss://…` with TLS; or a function that returns it, called again when requests
   * keep failing. Default: the address of `host`, `port` and `db`.
   */
  readonly url?: string | (() => string | Promise<string>);
  /** Host of the server. Default `localhost`. */
  readonly host?: string;
  /** Port of the server. Default 6379. */
  readonly port?: number;
  /** Name of the user. Default: none, or that of `url`. */
  readonly username?: string;
  /** Password. Default: none, or that of `url`. */
  readonly password?: string;
  /** Number of the database. Default 0. */
  readonly db?: number;
  /** TLS: `true`, or options of Node's `tls.connect`. Default: none, except for a `rediss:` address. */
  readonly tls?: boolean | object;
  /** Entries kept for one stream, approximately. Default 10000. */
  readonly maxLen?: number;
  /** Bytes kept for one stream, counting those that this handle has written, approximately. Default 256 MiB; needs Redis 6.2. */
  readonly maxStreamBytes?: number;
  /** Largest value in bytes. Default 512 MiB, the server's own limit (`proto-max-bulk-len`). */
  readonly maxMessageBytes?: number;
  /** Failures in a row after which the connection is replaced, and `url`, if a function, is called again. Default 3. */
  readonly refreshAfterFailures?: number;
}

const URL_FORM = /^rediss?:\/\/./;
const URL_EXPECTED = 'redis://host:port or rediss://host:port';

export const REDIS_SCHEMA = object({
  ...CLIENT_MEMBERS,
  url: z.union([z.string().regex(URL_FORM, `expected ${URL_EXPECTED}`), callback<() => string | Promise<string>>()]).optional(),
  host: z.string().min(1).optional(),
  port: z.number().int().min(1).max(65_535).optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  db: z.number().int().min(0).optional(),
  tls: z.union([z.boolean(), z.looseObject({})]).optional(),
  maxLen: count().default(REDIS.maxLen),
  maxStreamBytes: byteCount().default(REDIS.maxStreamBytes),
  maxMessageBytes: byteCount().max(REDIS.maxMessageBytes).default(REDIS.maxMessageBytes),
}).refine(...RETRY_RANGE);

export type RedisOptions = z.output<typeof REDIS_SCHEMA>;
export type ClientOptions = Omit<AllClientOptions, 'replyMapping'>;

/** Address and client options of a connection, and the texts that must not be shown. */
export interface ConnectionSettings { readonly address: string; readonly client: ClientOptions; readonly secrets: readonly string[] }

/**
 * Checks the value that a function given as `url` returned.
 * @throws InvalidOption if it is not an address
 */
export function checkedUrl(returned: unknown): string {
  if (typeof returned === 'string' && URL_FORM.test(returned)) return returned;
  const shown = typeof returned === 'string' ? redactInvalidUrl(returned) : typeof returned;
  throw new InvalidOption(`redis: option 'url': ${shown} returned, expected ${URL_EXPECTED}`);
}

/** The settings of a connection. @param returned - the address that `url` returned, if it is a function */
export function connectionOf({ url: given, ...options }: RedisOptions, returned?: string): ConnectionSettings {
  const url = typeof given === 'function' ? returned : given;
  const { host = 'localhost', port = DEFAULT_PORT, username, password, db, tls } = options;
  const overrides = { ...(username !== undefined && { username }), ...(password !== undefined && { password }), ...(db !== undefined && { db }) };
  const tlsOptions = tls === undefined || tls === false ? {} : { tls: tls === true ? {} : tls };
  const secrets = password === undefined ? [] : [password, encodeURIComponent(password)];
  if (url === undefined) {
    return { address: `redis://${host}:${port}${db === undefined ? '' : `/${db}`}`, client: { host, port, ...overrides, ...tlsOptions }, secrets };
  }
  const client = { ...partsOf(url), ...overrides, ...tlsOptions };
  return { address: redactUrl(url), client, secrets: [...secrets, ...secretsOf(url)] };
}

/** `host:port`. */
export function serverOf({ host = 'localhost', port = DEFAULT_PORT }: ClientOptions): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function partsOf(url: string): ClientOptions {
  const normal = normalizeUrl(url);
  if (splitCredentials(url).isAmbiguous === true || !URL.canParse(normal) || new URL(normal).hostname === '') {
    throw new InvalidOption(`redis: option 'url': ${redactInvalidUrl(url)} given, expected redis://host:port`);
  }
  const { hostname, port, username, password, pathname, protocol } = new URL(normal);
  const db = /^\/(\d+)$/.exec(pathname)?.[1];
  if (db === undefined && pathname.length > 1) {
    throw new InvalidOption(`redis: option 'url': ${redactInvalidUrl(url)} given, expected the number of a database after the '/'`);
  }
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    ...(port !== '' && { port: Number(port) }),
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    ...(db !== undefined && { db: Number(db) }),
    ...(protocol === 'rediss:' && { tls: {} }),
  };
}
