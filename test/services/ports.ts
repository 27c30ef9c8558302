/** Free ports. */
import { createServer } from 'node:net';

/**
 * Below the range from which Linux assigns ports to outgoing connections (from 32768), so that the port of a server
 * that is down for a while is still free when it starts again.
 */
const FIRST = 15_000;
const LAST = 31_999;

/** A port of 127.0.0.1 on which no program listens now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (await isFree(port)) return port;
  }
}

/** Whether a server could listen on `port` of 127.0.0.1 now. */
export async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => { resolve(false); });
    server.listen(port, '127.0.0.1', () => server.close(() => { resolve(true); }));
  });
}
