/** A TCP proxy that breaks connections as networks do. */
import { type AddressInfo, createServer, type Server, Socket } from 'node:net';
import { EventEmitter, once } from 'node:events';

export interface ProxyTarget { host?: string; port: number }

interface Pair { readonly client: Socket; readonly upstream: Socket }

/** Starts a proxy for `target`. */
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
  #isBlackHole = false;
  readonly #pairs = new Set<Pair>();
  readonly #events = new EventEmitter();
  #accepted = 0;
  #bytesDown = 0;

  constructor(target: ProxyTarget) {
    this.#target = target;
  }

  get port(): number { return this.#port; }
  /** `host:port`. */
  get address(): string { return `${this.host}:${this.#port}`; }
  /** The number of connections accepted so far. */
  get accepted(): number { return this.#accepted; }
  /** The number of open connections. */
  get open(): number { return this.#pairs.size; }
  /** Bytes passed from the target to clients so far. */
  get bytesDown(): number { return this.#bytesDown; }

  /** Listens; after `refuse`, on the same port again. */
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
    while (this.#accepted < count) await once(this.#events, 'accepted');
  }

  /** Resolves when `bytes` more bytes have passed from the target to clients. */
  async whenPassed(bytes: number): Promise<void> {
    const end = this.#bytesDown + bytes;
    while (this.#bytesDown < end) await once(this.#events, 'passed');
  }

  /** Sets the target of new connections. */
  setTarget(target: ProxyTarget): void { this.#target = target; }

  /** Delays every chunk of new connections, in both directions. */
  delay(ms: number): void { this.#delayMs = ms; }

  /** Passes no bytes in either direction, and closes no connection. New connections are still accepted. */
  pause(): void {
    this.#paused = true;
    for (const { client, upstream } of this.#pairs) { client.pause(); upstream.pause(); }
  }

  /** Ends `pause`, and passes the bytes that waited. */
  resume(): void {
    this.#paused = false;
    for (const { client, upstream } of this.#pairs) { client.resume(); upstream.resume(); }
  }

  /** Closes the connections to the target without notifying the client, as if the target's machine had lost its power: half-open. */
  halfOpen(): void {
    for (const { client, upstream } of this.#pairs) {
      upstream.removeAllListeners('close');
      upstream.destroy();
      client.resume();
      client.removeAllListeners('data').on('data', () => { /* read, so that the client can continue to send */ });
    }
  }

  /** Accepts new connections and sends nothing on them; `false` ends this. */
  blackHole(on = true): void { this.#isBlackHole = on; }

  /** Resets every connection (RST). */
  reset(): void { this.#end((socket) => socket.resetAndDestroy()); }

  /** Closes every connection with a FIN. */
  cut(): void { this.#end((socket) => { socket.end(); socket.destroySoon(); }); }

  /** Refuses new connections until `listen`; open ones stay open. */
  async refuse(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    // `close` calls back only when the last connection is gone; listening ends at once.
    server?.close();
    await new Promise((resolve) => { setImmediate(resolve); });
  }

  /** Refuses new connections, and closes open ones. */
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
    this.#events.emit('accepted');
    client.on('error', () => { /* `close` follows */ });
    upstream.on('error', () => { /* `close` follows */ });
    client.on('close', () => { this.#pairs.delete(pair); upstream.destroy(); });
    if (this.#isBlackHole) {
      client.on('data', () => { /* discarded */ });
      return;
    }
    upstream.on('close', () => { client.destroySoon(); });
    this.#forward(client, upstream, () => { /* only bytes from the target are counted */ });
    this.#forward(upstream, client, (bytes) => {
      this.#bytesDown += bytes;
      this.#events.emit('passed');
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
