/** Queries the states of running programs. */
import { rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { HEALTH } from '../../../core/defaults/monitoring.js';
import type { Socket } from './folders.js';
import { type HealthAnswer, parseHealthAnswer } from './health-answer.js';

/** The answer of one program, or the reason why there is none. */
export interface QueryResult { readonly pid: number; readonly answer?: HealthAnswer; readonly failure?: string | undefined }

/** @returns undefined if the program has ended */
export async function queryProgram({ pid, path }: Socket, timeoutMs: number): Promise<QueryResult | undefined> {
  try {
    const answer = parseHealthAnswer(await read(path, timeoutMs));
    return answer === undefined ? { pid, failure: 'gave an answer that this version of rxcam does not know' } : { pid, answer };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code !== 'ECONNREFUSED') return { pid, failure: message };
    // Nothing listens: the program was killed, and could not remove its socket.
    removeSocket(path);
    return undefined;
  }
}

function read(path: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = createConnection(path);
    const timer = setTimeout(() => { socket.destroy(new Error(`did not answer within ${timeoutMs} ms`)); }, timeoutMs);
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (text.length > HEALTH.maxBytes) socket.destroy(new Error(`answered with more than ${HEALTH.maxBytes} bytes`));
    });
    socket.once('error', reject).once('end', () => { resolve(text); }).once('close', () => { clearTimeout(timer); reject(new Error('ended its answer early')); });
  });
}

/** Removes a socket, if this user may. */
function removeSocket(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It is in the folder of another user: the next query fails to connect as well.
  }
}
