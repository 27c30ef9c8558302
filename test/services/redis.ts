/** A real Redis. */
import { freePort } from './ports.js';
import { startProgram } from './process.js';
import { restartable, type Restartable, temporaryFolder } from './restartable.js';

export interface RedisOptions {
  port?: number;
  /** As Redis's configuration has it, e.g. '8mb'; writes that do not fit are refused (noeviction). */
  maxmemory?: string;
  requirepass?: string;
  /** Further settings, e.g. `{ 'proto-max-bulk-len': '1mb' }`. */
  config?: Record<string, string>;
}

export interface RedisServer extends Restartable {
  readonly host: string;
  readonly port: number;
  /** `redis://…`, with the password if there is one. */
  readonly url: string;
}

/** Starts a Redis. Its data survives `kill` and `down`: every write is in its append-only file before the answer. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const host = '127.0.0.1';
  const port = options.port ?? await freePort();
  const data = temporaryFolder('redis');
  const config: Record<string, string> = {
    bind: host, port: String(port), dir: data, daemonize: 'no', save: '', appendonly: 'yes', appendfsync: 'no',
    'maxmemory-policy': 'noeviction',
    ...(options.maxmemory !== undefined && { maxmemory: options.maxmemory }),
    ...(options.requirepass !== undefined && { requirepass: options.requirepass }),
    ...options.config,
  };
  const args = Object.entries(config).flatMap(([name, value]) => [`--${name}`, value]);
  const server = await restartable(
    () => startProgram({ name: 'redis-server', command: 'redis-server', args, ready: /Ready to accept connections/ }),
    data,
  );
  const login = options.requirepass === undefined ? '' : `:${encodeURIComponent(options.requirepass)}@`;
  return Object.assign(server, { host, port, url: `redis://${login}${host}:${port}` });
}
