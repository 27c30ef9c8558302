/** A machine that has no files, processes or memory left: that passes, and is told apart from what does not. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { ResourceExhausted, failureOf } from '../../src/errors.js';
import { build } from '../real/cli-program.js';
import { needs, noFfmpegLeft } from '../services/index.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = fileURLToPath(new URL('fixtures/exhausted.mjs', import.meta.url));
const NOBODY = 65_534;

/** Limits bind no root: the program runs as nobody then. */
const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

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

/** The soft limit alone, which the program's own user may raise again. */
const limitProcesses = (pid: number, count: number) => { execFileSync('/usr/bin/prlimit', ['--pid', String(pid), `--nproc=${count}:`], asNobody); };

needs('ffmpeg')('a machine that has nothing left', () => {
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

  it.each(['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM'])('%s, wherever it comes from, is of the class, and says what to do', (code) => {
    const error = failureOf(Object.assign(new Error('system'), { code }), 'the capture', {});
    expect(error).toBeInstanceOf(ResourceExhausted);
    expect(error.message).toMatch(/raise|more/);
  });

  it('what does not pass is of another class', () => {
    expect(failureOf(Object.assign(new Error('system'), { code: 'EACCES' }), 'the capture', {}).code).toBe('CAPTURE_CRASHED');
    expect(failureOf(Object.assign(new Error('system'), { code: 'constructor' }), 'the capture', {}).code).toBe('CAPTURE_CRASHED');
  });
});
