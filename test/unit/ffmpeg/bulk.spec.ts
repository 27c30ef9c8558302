import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startProcess, stopProcess } from '../../../src/ffmpeg/process/process.js';
import { readInBulk } from '../../../src/ffmpeg/process/bulk.js';

const WRITES = 40;
/** Writes a byte every 5 ms, and waits for its end. */
const PROGRAM = `let n = 0; const t = setInterval(() => { process.stdout.write('x'); if (++n === ${WRITES}) clearInterval(t); }, 5); process.stdin.resume();`;

describe('readInBulk', () => {
  it('emits the contents of the pipe, without requests, with few readings', async () => {
    const child = startProcess(process.execPath, ['-e', PROGRAM], {}, () => undefined);
    const chunks: Buffer[] = [];
    readInBulk(child.stdout);
    const all = new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if (Buffer.concat(chunks).length === WRITES) resolve();
      });
    });
    await all;
    stopProcess(child);
    expect(chunks.length).toBeLessThan(WRITES / 2);
  });

  it('hands it over at once when asked', async () => {
    const child = startProcess(process.execPath, ['-e', 'process.stdout.write("a"); process.stdin.once("data", () => { process.stdout.write("b"); });'], {}, () => undefined);
    const wake = readInBulk(child.stdout);
    await once(child.stdout, 'data');
    child.stdin.write('go');
    const next = once(child.stdout, 'data');
    // Longer than the program needs to answer, far less than a rest.
    while (!(await Promise.race([next.then(() => true), sleep(5, false)]))) wake();
    stopProcess(child);
    expect(String((await next)[0])).toBe('b');
  });
});
