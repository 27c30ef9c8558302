/** A machine without free files, processes or memory: the failure is temporary, and is distinguished from permanent ones. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { ResourceExhausted, failureOf } from '../../src/core/errors/errors.js';
import { build } from '../real/apps/cli-program.js';
import { fieldHls, fieldInput, http, needs, noFfmpegLeft, startHttpServer, startOddHls, startOddHttp, startOddRtsp, temporaryFolder } from '../services/index.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = fileURLToPath(new URL('fixtures/exhausted.mjs', import.meta.url));
const FEW = fileURLToPath(new URL('fixtures/few-files.mjs', import.meta.url));
const NOBODY = 65_534;

/** Limits do not apply to root: in that case the program runs as the user `nobody`. */
const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

async function served(host: string): Promise<{ address: string; stop: () => Promise<unknown> }> {
  const server = await startHttpServer({ '/a.mp4': http.file(await fieldInput('lepton80x60.mp4')) });
  return { address: `http://${host}:${server.port}/a.mp4`, stop: server.stop };
}

interface Told { readonly lines: readonly string[]; readonly code: number | null }

async function told(what: string, when: string, onLine: (line: string, pid: number, input: NodeJS.WritableStream) => void = () => undefined): Promise<Told> {
  const child = spawn('sh', ['-c', 'ulimit -n 256; exec "$0" "$@"', process.execPath, PROGRAM, `${ROOT}.cache/cli-build`, what, when], {
    stdio: ['pipe', 'pipe', 'inherit'], ...asNobody, env: { PATH: process.env['PATH'], HOME: '/tmp' },
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    onLine(line, child.pid as number, child.stdin);
  });
  const [code] = await once(child, 'close') as [number | null];
  await noFfmpegLeft(child.pid);
  return { lines, code };
}

/** Changes only the soft limit, which the program's own user may raise again. */
const limitProcesses = (pid: number, count: number) => { execFileSync('/usr/bin/prlimit', ['--pid', String(pid), `--nproc=${count}:`], asNobody); };

needs('ffmpeg')('a machine without free resources', () => {
  beforeAll(build);

  it.each(['fresh', 'known'])('no files, an ffmpeg that is %s: retried until there are some', async (when) => {
    const { lines, code } = await told('files', when);
    const failures = lines.filter((line) => line.startsWith('failed'));
    expect(failures.length).toBeGreaterThanOrEqual(2);
    for (const line of failures) expect(line).toMatch(/^failed RESOURCE_EXHAUSTED .*ulimit -n/);
    expect(lines.at(-1)).toBe('frame');
    expect(code).toBe(0);
  });

  it.each(['fresh', 'known'])('no processes, an ffmpeg that is %s: retried until there are some', async (when) => {
    let failures = 0;
    const { lines, code } = await told('processes', when, (line, pid, input) => {
      if (line === 'ready') {
        limitProcesses(pid, 1);
        input.write('go\n');
      }
      if (line.startsWith('failed') && ++failures === 2) limitProcesses(pid, 1_000);
    });
    const told_ = lines.filter((line) => line.startsWith('failed'));
    expect(told_.length).toBeGreaterThanOrEqual(2);
    for (const line of told_) expect(line).toMatch(/^failed RESOURCE_EXHAUSTED .*ulimit -u/);
    expect(lines.at(-1)).toBe('frame');
    expect(code).toBe(0);
  });

  // The first call that gets no file descriptor may be the cache, a look-up, a connection, a relay for ffmpeg, or its pipes.
  it.each<[string, (folder: string) => Promise<{ address: string; options?: object; stop: () => Promise<unknown> }>]>([
    ['an HTTP file', async (cacheDir) => ({ ...await served('localhost'), options: { cacheDir } })],
    ['an HTTP file that is read in place', async () => ({ ...await served('127.0.0.1'), options: { download: false } })],
    ['a playlist over HTTP', async () => {
      const { host, port, stop } = await startOddHls(await fieldHls());
      return { address: `http://${host}:${port}/master.m3u8`, stop };
    }],
    ['a live HTTP stream', async () => {
      const { host, port, stop } = await startOddHttp({ mode: 'live', file: await fieldInput('gop50.ts'), rate: 1_000_000, loop: true, head: 'HTTP/1.1 200 OK\r\nContent-Type: video/mp2t\r\n\r\n' });
      return { address: `http://${host}:${port}/live`, stop };
    }],
    ['an RTSP camera', async () => {
      const { port, stop } = await startOddRtsp({ file: await fieldInput('gop50.h264') });
      return { address: `rtsp://localhost:${port}/a`, stop };
    }],
  ])('few files, %s: not reported as a failure of the source', async (_, start) => {
    const { address, options = {}, stop } = await start(temporaryFolder('few-files'));
    const child = spawn('sh', ['-c', 'ulimit -n 256; exec "$0" "$@"', process.execPath, FEW, `${ROOT}.cache/cli-build`, address, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => { lines.push(line); });
    await once(child, 'close');
    await noFfmpegLeft(child.pid);
    await stop();
    const failed = lines.filter((line) => line !== 'frame');
    expect(failed.length).toBeGreaterThan(1);
    for (const line of failed) expect(line).toMatch(/^RESOURCE_EXHAUSTED .*ulimit -n/);
    expect(lines.slice(-4)).toEqual(Array(4).fill('frame'));
  }, 120_000);

  it.each(['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM'])('%s, from any call, is a ResourceExhausted with a remedy', (code) => {
    const error = failureOf(Object.assign(new Error('system'), { code }), 'the capture', {});
    expect(error).toBeInstanceOf(ResourceExhausted);
    expect(error.message).toMatch(/raise|more/);
  });

  it('a permanent failure has another class', () => {
    expect(failureOf(Object.assign(new Error('system'), { code: 'EACCES' }), 'the capture', {}).code).toBe('CAPTURE_CRASHED');
    expect(failureOf(Object.assign(new Error('system'), { code: 'constructor' }), 'the capture', {}).code).toBe('CAPTURE_CRASHED');
  });
});
