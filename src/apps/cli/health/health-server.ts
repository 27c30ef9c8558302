/** Answers `rxcam health`: each connection to this program's socket gets the program's state. With a blocked event loop there is no answer. */
import { rmSync } from 'node:fs';
import { type Server, type Socket, createServer } from 'node:net';
import type { Logger } from 'pino';
import { HEALTH } from '../../../core/defaults/monitoring.js';
import { makeFolder } from '../../../core/defaults/make-folder.js';
import { isPrivate, socketFolder, socketOf } from './folders.js';
import { type HealthAnswer, type ProgramHealth, brokerStates, summarizeCameras } from './health-answer.js';
import { version } from '../program/index.js';

/** Mode of the folder: only this user may enter it. */
const PRIVATE = 0o700;

/**
 * Answers until the program ends. A program whose socket can't be created logs that, and runs without one.
 * @param command - the name of the command
 * @param healthOf - returns the state, called for each answer
 */
export function serveHealth(command: string, healthOf: () => ProgramHealth, logger: Logger, env: NodeJS.ProcessEnv): void {
  const path = socketOf(socketFolder(env), process.pid);
  const answer = (): HealthAnswer => {
    const { cameras, brokers, worker } = healthOf();
    return {
      command, pid: process.pid, version: version(), upMs: Math.round(process.uptime() * 1_000),
      ...summarizeCameras(cameras), brokers: brokerStates(brokers), ...(worker !== undefined && { worker }),
    };
  };
  const server = createServer((socket) => { sendLine(socket, `${JSON.stringify(answer())}\n`); });
  server.maxConnections = HEALTH.maxConnections;
  server.on('error', (error) => { logger.warn({ path, reason: error.message }, 'rxcam health will not find this program'); });
  listen(server, path, socketFolder(env));
}

function sendLine(socket: Socket, line: string): void {
  socket.on('error', () => undefined);
  socket.setTimeout(HEALTH.timeoutMs, () => { socket.destroy(); });
  socket.unref();
  socket.end(line);
}

function listen(server: Server, path: string, folder: string): void {
  try {
    if (process.platform !== 'win32') {
      makeFolder(folder, PRIVATE);
      if (!isPrivate(folder)) throw new Error(`others can write to ${folder}`);
      // A killed program leaves its socket behind, and may have had the same process id.
      rmSync(path, { force: true });
      process.once('exit', () => { rmSync(path, { force: true }); });
    }
    server.listen(path);
    server.unref();
  } catch (error) {
    server.emit('error', error as Error);
  }
}
