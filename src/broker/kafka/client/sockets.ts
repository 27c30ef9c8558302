/**
 * Makes the sockets to one Kafka broker, and can destroy them. kafkajs itself only ends a socket, which waits for the peer
 * to read all that was written: if that hangs, each request that was given up would stay in memory.
 * They keep the process alive while they are held; those that write are held while a request is under way.
 */
import type { ISocketFactory } from 'kafkajs';
import { type Socket, connect as connectPlain, isIP } from 'node:net';
import { connect as connectSecurely } from 'node:tls';

/** Why a socket ends that rxcam destroys. */
export const GIVEN_UP = 'the connection was given up';
/** As kafkajs itself; ms. */
const KEEP_ALIVE_MS = 60_000;

export class KafkaSockets {
  readonly #sockets = new Set<Socket>();
  #isGone = false;
  #isHeld: boolean;

  constructor({ isHeld = true } = {}) {
    this.#isHeld = isHeld;
  }

  readonly factory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    // kafkajs passes null where its types say that there are options.
    const isSecure = Boolean(ssl);
    const socket = isSecure
      ? connectSecurely({ host, port, ...(isIP(host) === 0 && { servername: host }), ...ssl }, onConnect)
      : connectPlain({ host, port }, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    this.#sockets.add(socket);
    socket.once('close', () => { this.#sockets.delete(socket); });
    if (!this.#isHeld) socket.unref();
    if (this.#isGone) process.nextTick(() => { giveUp(socket); });
    return socket;
  };

  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    for (const socket of this.#sockets) {
      if (isHeld) socket.ref();
      else socket.unref();
    }
  }

  /** Those that are there, and any that is still to come. */
  destroy(): void {
    this.#isGone = true;
    for (const socket of this.#sockets) giveUp(socket);
  }
}

/** With an error: the client fails its requests by that, and does not hear of a mere close. */
function giveUp(socket: Socket): void {
  socket.destroy(new Error(GIVEN_UP));
}
