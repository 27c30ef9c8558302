/**
 * Opens and destroys the sockets to one Kafka broker. kafkajs only ends a socket, which waits until the peer has
 * read everything: if the peer hangs, each abandoned request stays in memory.
 * A socket keeps the process alive while it is held; sockets for writing are held while a request is in flight.
 */
import type { ISocketFactory } from 'kafkajs';
import { type Socket, connect as connectPlain, isIP } from 'node:net';
import { connect as connectSecurely } from 'node:tls';

/** Error of a socket that rxcam destroys. */
export const GIVEN_UP = 'the connection was given up';
/** As in kafkajs; ms. */
const KEEP_ALIVE_MS = 60_000;

export class KafkaSockets {
  readonly #sockets = new Set<Socket>();
  #isDestroyed = false;
  #isHeld: boolean;

  constructor({ isHeld = true } = {}) {
    this.#isHeld = isHeld;
  }

  readonly factory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    // kafkajs passes null, although its types do not say so.
    const isSecure = Boolean(ssl);
    const socket = isSecure
      ? connectSecurely({ host, port, ...(isIP(host) === 0 && { servername: host }), ...ssl }, onConnect)
      : connectPlain({ host, port }, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    this.#sockets.add(socket);
    socket.once('close', () => { this.#sockets.delete(socket); });
    if (!this.#isHeld) socket.unref();
    if (this.#isDestroyed) process.nextTick(() => { giveUp(socket); });
    return socket;
  };

  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    for (const socket of this.#sockets) {
      if (isHeld) socket.ref();
      else socket.unref();
    }
  }

  /** Destroys all sockets, present and future. */
  destroy(): void {
    this.#isDestroyed = true;
    for (const socket of this.#sockets) giveUp(socket);
  }
}

/** Destroys a socket with an error, so that the client's requests fail: a close alone would not make them fail. */
function giveUp(socket: Socket): void {
  socket.destroy(new Error(GIVEN_UP));
}
