/** A TCP proxy that breaks connections in the ways in which networks do. */
import { type AddressInfo, createServer, type Server, Socket } from 'node:net';
import { EventEmitter, once } from 'node:events';

export interface ProxyTarget { host?: string; port: number }

interface Pair { readonly client: Socket; readonly upstream: Socket }

/** Starts one before `target`. */
export async function startTcpProxy(target: ProxyTarget, options: { port?: number } = {}): Promise<TcpProxy> {
  const proxy = new TcpProxy(target);
  await proxy.listen(options.port ?? 0);
  return proxy;
}

export class TcpProxy {
  readonly host = '127.0.0.1';
  #target: ProxyTarget;
  #server: Server | undefined;
  #port = 0;
  #delayMs = 0;
  #paused = false;
  #deaf = false;
  readonly #pairs = new Set<Pair>();
  readonly #told = new EventEmitter();
  #accepted = 0;
  #bytesDown = 0;

  constructor(target: ProxyTarget) {
    this.#target = target;
  }

  get port(): number { return this.#port; }
  /** `host:port`. */
  get address(): string { return `${this.host}:${this.#port}`; }
  /** How many connections were accepted so far. */
  get accepted(): number { return this.#accepted; }
  /** How many are open. */
  get open(): number { return this.#pairs.size; }
  /** Bytes that went from the target to clients so far. */
  get bytesDown(): number { return this.#bytesDown; }

  /** Listens (again): after `refuse` on the same port. */
  async listen(port = this.#port): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer({ allowHalfOpen: false }, (client) => { this.#accept(client); });
    server.listen(port, this.host);
    await once(server, 'listening');
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Resolves when `count` connections were accepted since the start. */
  async whenAccepted(count: number): Promise<void> {
    while (this.#accepted < count) await once(this.#told, 'accepted');
  }

  /** Resolves when `bytes` more have gone from the target to clients. */
  async whenPassed(bytes: number): Promise<void> {
    const end = this.#bytesDown + bytes;
    while (this.#bytesDown < end) await once(this.#told, 'passed');
  }

  /** Connections that come from now on go to another target. */
  setTarget(target: ProxyTarget): void { this.#target = target; }

  /** Delays every chunk in both directions, of connections that come from now on. */
  delay(ms: number): void { this.#delayMs = ms; }

  /** Passes nothing on, in either direction, and closes nothing; new connections are accepted too. */
  pause(): void {
    this.#paused = true;
    for (const { client, upstream } of this.#pairs) { client.pause(); upstream.pause(); }
  }

  /** Ends `pause`; what waited is passed on. */
  resume(): void {
    this.#paused = false;
    for (const { client, upstream } of this.#pairs) { client.resume(); upstream.resume(); }
  }

  /** Drops the target's side without a word to the client, as when the peer's machine is gone: half-open. */
  halfOpen(): void {
    for (const { client, upstream } of this.#pairs) {
      upstream.removeAllListeners('close');
      upstream.destroy();
      client.resume();
      client.removeAllListeners('data').on('data', () => { /* read, so that the client can go on sending */ });
    }
  }

  /** Accepts new connections and says nothing on them, or (`false`) no longer does so. */
  blackHole(on = true): void { this.#deaf = on; }

  /** Resets every connection (RST). */
  reset(): void { this.#end((socket) => socket.resetAndDestroy()); }

  /** Closes every connection in order (FIN). */
  cut(): void { this.#end((socket) => { socket.end(); socket.destroySoon(); }); }

  /** Refuses new connections until `listen`; those that are open stay. */
  async refuse(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    // `close` calls back only when the last connection is gone; listening ends at once.
    server?.close();
    await new Promise((resolve) => { setImmediate(resolve); });
  }

  /** Ends everything. */
  async stop(): Promise<void> {
    await this.refuse();
    this.#end((socket) => socket.destroy());
  }

  #end(how: (socket: Socket) => void): void {
    for (const { client, upstream } of this.#pairs) { how(client); how(upstream); }
  }

  #accept(client: Socket): void {
    this.#accepted += 1;
    const upstream = new Socket();
    const pair = { client, upstream };
    this.#pairs.add(pair);
    this.#told.emit('accepted');
    client.on('error', () => { /* `close` follows */ });
    upstream.on('error', () => { /* `close` follows */ });
    client.on('close', () => { this.#pairs.delete(pair); upstream.destroy(); });
    if (this.#deaf) {
      client.on('data', () => { /* swallowed */ });
      return;
    }
    upstream.on('close', () => { client.destroySoon(); });
    this.#forward(client, upstream, () => { /* only what comes back is counted */ });
    this.#forward(upstream, client, (bytes) => {
      this.#bytesDown += bytes;
      this.#told.emit('passed');
    });
    upstream.connect(this.#target.port, this.#target.host ?? this.host);
    if (this.#paused) { client.pause(); upstream.pause(); }
  }

  #forward(from: Socket, to: Socket, count: (bytes: number) => void): void {
    const delayMs = this.#delayMs;
    const pass = (chunk: Buffer) => {
      if (to.destroyed) return;
      count(chunk.length);
      if (!to.write(chunk) && delayMs === 0) {
        from.pause();
        to.once('drain', () => { if (!this.#paused) from.resume(); });
      }
    };
    from.on('data', (chunk: Buffer) => {
      if (delayMs === 0) pass(chunk);
      else setTimeout(() => { pass(chunk); }, delayMs);
    });
    from.on('end', () => {
      if (delayMs === 0) to.end();
      else setTimeout(() => to.end(), delayMs);
    });
  }
}
