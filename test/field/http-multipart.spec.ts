/** Multipart JPEG of cheap boards, and of hostile servers that try to fill the memory. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { type EncodedFrame, type Frame, encodeJpeg } from '../../src/index.js';
import { build, endAll, start } from '../real/apps/cli-program.js';
import { fieldJpegs, needs, run, startOddHttp, temporaryFolder } from '../services/index.js';
import { play } from './played.js';

let stop: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(stop.map((one) => one()));
  stop = [];
});

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n';
const PART = '--b\r\nContent-Type: image/jpeg\r\nContent-Length: {len}\r\n\r\n';

async function urlOf(options: Omit<Parameters<typeof startOddHttp>[0], 'mode'> & { mode?: 'mjpeg' | 'endless' }): Promise<string> {
  const server = await startOddHttp({ mode: 'mjpeg', files: await fieldJpegs(), fps: 25, head: HEAD, part: PART, ...options });
  stop.push(server.stop);
  return `http://${server.host}:${server.port}/video`;
}

needs('ffmpeg', 'python')('a multipart stream', () => {
  it.each([
    ['without a first boundary', { firstpart: PART.slice(5) }],
    ['of image/jpg', { part: PART.replace('jpeg', 'jpg') }],
    // These have no report; they are similar to those that have.
    ['that begins with a picture', { firstpart: '', part: PART }],
    ['without lengths', { part: '--b\r\nContent-Type: image/jpeg\r\n\r\n' }],
    ['without lengths and types', { part: '--b\r\n\r\n' }],
    ['with another boundary than the stated one', { head: HEAD.replace('=b', '=other') }],
    ['whose boundary is stated with its dashes', { head: HEAD.replace('=b', '="--b"'), part: '--b\nContent-Type: image/jpeg\n\n' }],
    ['whose boundary is not stated', { head: HEAD.replace('; boundary=b', '') }],
    ['whose type is not stated', { head: 'HTTP/1.1 200 OK\r\n\r\n' }],
    ['whose type is not stated, without a first boundary', { head: 'HTTP/1.1 200 OK\r\n\r\n', firstpart: PART.slice(5) }],
    ['with additional headers in each part', { part: `${PART.trimEnd()}\r\nX-Timestamp: 1.2\r\nX: y: z\r\nnonsense\r\n\r\n` }],
    ['with one line too many', { tail: '\r\n\r\n' }],
    ['without a line between parts', { tail: '' }],
    ['with audio between pictures', { part: `--b\r\nContent-Type: audio/basic\r\nContent-Length: 4\r\n\r\nabcd\r\n${PART}` }],
  ])('%s gives pictures', async (_, options) => {
    const url = await urlOf(options);
    const { values, error } = await play<Frame>(url, (gate) => gate, { values: 8, pixelFormat: 'gray' });
    expect(error).toBeUndefined();
    // Every picture, in the order of the server.
    expect(values.map(({ data }) => nearest(data))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('of pictures with wrong lengths is read as far as it can be', async () => {
    const url = await urlOf({ part: '--b\r\nContent-Type: image/jpeg\r\nContent-Length: 2000\r\n\r\n' });
    const { values, error } = await play<Frame>(url, (gate) => gate, { values: 3 });
    expect(error).toBeUndefined();
    expect(values).toHaveLength(3);
  });

  it.each([
    ['without an end', 'Content-Type: image/jpeg\r\n', /larger than 64 MiB/, 'DECODE_FAILED'],
    ['with an impossible length', 'Content-Type: image/jpeg\r\nContent-Length: 99999999999\r\n', /larger than 64 MiB/, 'DECODE_FAILED'],
    ['with a header without an end', 'X: y\r\n'.repeat(5_000), /head of more than/, 'DECODE_FAILED'],
  ])('with a part %s ends in a clear error, in little memory', async (_, lines, message, code) => {
    const url = await urlOf({ mode: 'endless', first: `--b\r\n${lines}\r\n\xff\xd8` });
    let most = 0;
    const watching = setInterval(() => { most = Math.max(most, process.memoryUsage.rss()); }, 20);
    const before = process.memoryUsage.rss();
    const { error } = await play<EncodedFrame>(url, (gate) => gate.pipe(encodeJpeg()));
    clearInterval(watching);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
    expect(most - before).toBeLessThan(200 * 1024 ** 2);
  });

  it('with a part without an end takes less than 300 MB, Node and ffmpeg together', async () => {
    await build();
    const program = start(['stream', await urlOf({ mode: 'endless', first: '--b\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8' }), '--retry-initial', '60000', '--retry-max', '60000']);
    let most = 0;
    const watching = setInterval(() => { most = Math.max(most, [program.pid, ...program.ffmpegs()].reduce((sum, pid) => sum + residentBytes(pid), 0)); }, 10);
    await program.said(/larger than 64 MiB/);
    clearInterval(watching);
    await endAll();
    expect(most).toBeGreaterThan(64 * 1024 ** 2);
    expect(most).toBeLessThan(300_000_000);
  });

  it('without pictures fails, and the error states its type', async () => {
    const folder = temporaryFolder('parts');
    writeFileSync(join(folder, 'a.txt'), 'no picture');
    const url = await urlOf({ files: join(folder, '*.txt'), fps: 200, part: PART.replace('image/jpeg', 'text/plain') });
    const { error } = await play<EncodedFrame>(url, (gate) => gate.pipe(encodeJpeg()));
    expect(error).toMatchObject({ code: 'NO_VIDEO', message: expect.stringContaining("'text/plain'") as string });
  });
});

/** Resident memory of a process in bytes; 0 if it has ended. */
function residentBytes(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

const SIZE = 320 * 240;
let pictures: Buffer[];
beforeAll(async () => {
  const all = await run('ffmpeg', ['-v', 'error', '-pattern_type', 'glob', '-i', await fieldJpegs(), '-pix_fmt', 'gray', '-f', 'rawvideo', '-']);
  pictures = Array.from({ length: all.length / SIZE }, (_, index) => all.subarray(index * SIZE, (index + 1) * SIZE));
});

/** The index of the picture that looks most like this one. */
function nearest(data: Uint8Array): number {
  const distance = (one: Buffer) => one.reduce((sum, value, at) => sum + Math.abs(value - (data[at] ?? 0)), 0);
  const all = pictures.map(distance);
  return all.indexOf(Math.min(...all));
}
