/** Facts and reasons from real ffmpeg builds: each way to fail is provoked, none is quoted. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { classifyExit } from '../../../src/ffmpeg/process/classify.js';
import { StderrParser, type StderrFact } from '../../../src/ffmpeg/process/stderr.js';
import { BUILDS, run } from './builds.js';

const GLOBAL = ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'level+verbose'];
const GRAPH = ['-filter_complex', '[0:v]split[b][a];[b]crop=2:2:0:0[h];[a]scale=64:48[v]',
  '-map', '[h]', '-f', 'null', '-', '-map', '[v]', '-f', 'null', '-'];

let dir: string;
let server: Server;
let base: string;
let refused: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rxcam-stderr-'));
  await writeFile(join(dir, 'text.mp4'), 'not a film\n'.repeat(1000));
  server = createServer((request, response) => {
    response.writeHead(Number(request.url?.slice(1)), { 'www-authenticate': 'Basic realm="x"' }).end();
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // A port that has just been given up refuses.
  const gone = createTcpServer();
  await new Promise<void>((resolve) => { gone.listen(0, '127.0.0.1', resolve); });
  refused = `127.0.0.1:${(gone.address() as AddressInfo).port}`;
  await new Promise((resolve) => { gone.close(resolve); });
});
afterAll(async () => {
  server.close();
  await rm(dir, { recursive: true, force: true });
});

interface Outcome {
  facts: StderrFact[];
  verdict: ReturnType<typeof classifyExit>;
  signal: NodeJS.Signals | null;
}

async function outcome(path: string, args: string[], onStderr?: (text: string, pid: number) => void): Promise<Outcome> {
  const { code, signal, stderr } = await run(path, [...GLOBAL, ...args], '', onStderr);
  const parser = new StderrParser();
  const facts = [...parser.push(stderr), ...parser.end()];
  const saw = (kind: string): boolean => facts.some((fact) => fact.kind === kind);
  const exit = { code, signal, tail: parser.tail, sawConnection: saw('connected') || saw('streams'), sawFrame: false };
  return { facts, verdict: classifyExit({ ...exit, live: false }), signal };
}

function only<K extends StderrFact['kind']>(facts: StderrFact[], kind: K): Extract<StderrFact, { kind: K }>[] {
  return facts.filter((fact): fact is Extract<StderrFact, { kind: K }> => fact.kind === kind);
}

describe.each(BUILDS)('the ffmpeg of $name', ({ path }) => {
  const lavfi = (...graph: string[]): string[] => graph.flatMap((one) => ['-f', 'lavfi', '-i', one]);
  const made = (name: string): string => join(dir, name);
  const make = async (name: string, ...args: string[]): Promise<string> => {
    const { code, stderr } = await run(path, ['-y', '-v', 'error', ...args, made(name)]);
    expect([code, stderr.toString()]).toEqual([0, '']);
    return made(name);
  };

  it.each([
    ['a refused RTSP connection', 'SOURCE_REFUSED', () => `rtsp://${refused}/x`],
    ['a refused HTTP connection', 'SOURCE_REFUSED', () => `http://${refused}/x`],
    ['a missing file', 'SOURCE_NOT_FOUND', () => made('missing.mp4')],
    ['a directory', 'SOURCE_NOT_FOUND', () => dir],
    ['a text', 'DECODE_FAILED', () => made('text.mp4')],
    ['no credentials', 'SOURCE_UNAUTHORIZED', () => `${base}/401`],
    ['a forbidden page', 'SOURCE_UNAUTHORIZED', () => `${base}/403`],
    ['a missing page', 'SOURCE_NOT_FOUND', () => `${base}/404`],
    ['a page that is gone', 'SOURCE_NOT_FOUND', () => `${base}/410`],
    ['a server in trouble', 'SOURCE_REFUSED', () => `${base}/503`],
  ] as const)('%s: %s', async (_, code, input) => {
    const { facts, verdict } = await outcome(path, ['-i', input(), ...GRAPH]);
    expect(verdict.code, verdict.reason).toBe(code);
    expect(only(facts, 'problem').length).toBeGreaterThan(0);
    expect(only(facts, 'streams')).toEqual([]);
  });

  it('a source that says nothing: SOURCE_TIMEOUT', async () => {
    const silent = createTcpServer(() => {});
    await new Promise<void>((resolve) => { silent.listen(0, '127.0.0.1', resolve); });
    const sockets: Socket[] = [];
    silent.on('connection', (socket) => { sockets.push(socket); });
    try {
      const { port } = silent.address() as AddressInfo;
      const { verdict } = await outcome(path, ['-rw_timeout', '500000', '-i', `http://127.0.0.1:${port}/x`, ...GRAPH]);
      expect(verdict.code, verdict.reason).toBe('SOURCE_TIMEOUT');
    } finally {
      for (const socket of sockets) socket.destroy();
      silent.close();
    }
  });

  it('sound without a picture: NO_VIDEO', async () => {
    const sound = await make('sound.wav', ...lavfi('sine=duration=1'));
    const graph = await outcome(path, ['-i', sound, ...GRAPH]);
    expect(only(graph.facts, 'no-video')).toHaveLength(1);
    expect(graph.verdict.code).toBe('NO_VIDEO');
    const mapped = await outcome(path, ['-i', sound, '-map', '0:v:0', '-f', 'null', '-']);
    expect(only(mapped.facts, 'no-video')).toHaveLength(1);
    expect(mapped.verdict.code).toBe('NO_VIDEO');
  });

  it('an encoder that is not there, or is asked for nonsense: ENCODER_FAILED', async () => {
    const to = (...codec: string[]): string[] => [...lavfi('testsrc2=size=64x64:duration=1'), '-c:v', ...codec, '-f', 'null', '-'];
    expect((await outcome(path, to('nosuchencoder'))).verdict.code).toBe('ENCODER_FAILED');
    expect((await outcome(path, to('libx265', '-preset', 'nonsense'))).verdict.code).toBe('ENCODER_FAILED');
    expect((await outcome(path, to('libx265', '-x265-params', 'crf=200'))).verdict.code).toBe('ENCODER_FAILED');
  });

  it.each(['SIGKILL', 'SIGSEGV'] as const)('killed by %s: CAPTURE_CRASHED', async (name) => {
    let isSent = false;
    const endless = [...lavfi('testsrc2=size=64x64'), '-f', 'null', '-'];
    const { verdict, signal } = await outcome(path, endless, (text, pid) => {
      if (isSent || !text.includes('Output #0')) return;
      isSent = true;
      process.kill(pid, name);
    });
    expect(signal).toBe(name);
    expect(verdict).toMatchObject({ code: 'CAPTURE_CRASHED', reason: expect.stringContaining(name) as string });
  });

  it('describes the input, and not the output', async () => {
    const clip = await make('clip.mp4', ...lavfi('testsrc2=size=320x240:rate=30:duration=2', 'sine=duration=2'), '-c:v', 'libx264',
      '-pix_fmt', 'yuv420p', '-color_range', 'tv', '-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-c:a', 'aac');
    const { facts } = await outcome(path, ['-i', clip, ...GRAPH]);
    expect(only(facts, 'streams').flatMap(({ streams }) => streams)).toEqual([expect.objectContaining({
      codec: 'h264', pixelFormat: 'yuv420p', width: 320, height: 240, fps: 30,
      colorRange: 'tv', colorSpace: 'bt709', colorPrimaries: 'bt709', colorTransfer: 'bt709',
    })]);
    expect(only(facts, 'duration').map(({ seconds }) => Math.round(seconds))).toEqual([2]);
    expect([...only(facts, 'problem'), ...only(facts, 'decode-error'), ...only(facts, 'size-changed'), ...only(facts, 'no-video')]).toEqual([]);
  });

  it('reports access units that the decoder rejects', async () => {
    const clip = await make('whole.avi', ...lavfi('testsrc2=size=320x240:rate=25:duration=1'), '-c:v', 'mjpeg', '-q:v', '5');
    const { stdout } = await run(path, ['-v', 'error', '-i', clip, '-c', 'copy', '-f', 'avi', 'pipe:1']);
    // Every picture begins with FF D8; without that a decoder of JPEG takes none.
    let broken = 0;
    for (let at = stdout.indexOf('ffd8ffe0', 0, 'hex'); at !== -1; at = stdout.indexOf('ffd8ffe0', at + 1, 'hex')) {
      stdout.fill(0, at, at + 1500);
      broken++;
    }
    expect(broken).toBeGreaterThan(10);
    await writeFile(made('broken.avi'), stdout);
    const { facts } = await outcome(path, ['-i', made('broken.avi'), ...GRAPH]);
    expect(only(facts, 'decode-error').length).toBeGreaterThan(0);
  });

  it('reports a changed size, there and back', async () => {
    const stream = (size: string): Promise<string> => make(`${size}.h264`, ...lavfi(`testsrc2=size=${size}:rate=25:duration=1`),
      '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-bf', '0');
    const parts = [await stream('320x240'), await stream('640x480'), made('320x240.h264')];
    const { stdout } = await run(path, ['-v', 'error', '-f', 'h264', '-i', `concat:${parts.join('|')}`, '-c', 'copy', '-f', 'h264', 'pipe:1']);
    await writeFile(made('change.h264'), stdout);
    const { facts } = await outcome(path, ['-reinit_filter', '0', '-i', made('change.h264'), ...GRAPH]);
    expect(only(facts, 'size-changed').map(({ width, height }) => `${width}x${height}`)).toEqual(['640x480', '320x240']);
  });
});
