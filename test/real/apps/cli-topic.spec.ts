/** `rxcam record`, `rxcam clip` and `rxcam play` as processes, on real brokers: what they write, what they print, how they end. */
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { Redis } from 'ioredis';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { countFrames, freePort, needs, noFfmpegLeft, sharedKafka, sharedRedis } from '../../services/index.js';
import { MAIN, build, endAll, run, start } from './cli-program.js';

beforeAll(build);
afterEach(endAll);

const SMALL = 'test:?size=160x90&fps=25';
const folder = () => mkdtempSync(join(tmpdir(), 'rxcam-test-topic-'));

needs('ffmpeg', 'kafka', 'redis')('rxcam', () => {
  const addresses = async () => {
    const topic = `topic-${randomUUID()}`;
    const [kafka, redis] = await Promise.all([sharedKafka(), sharedRedis()]);
    return { kafka: `${kafka.url}/${topic}`, redis: `${redis.url}/${topic}`, topic, client: () => new Redis(redis.url) };
  };
  const streamed = async (to: string, ...more: string[]) => {
    expect((await run(['stream', SMALL, '--key', 'gate', '--frames', '50', '--mode', 'stream', '--gop', '25', '--json', '--to', to, ...more])).exitCode).toBe(0);
  };

  it.each(['kafka', 'redis'] as const)('records what it has streamed to %s, and makes a clip of it', async (kind) => {
    const to = (await addresses())[kind];
    await streamed(to);
    const recordings = folder();
    const recorded = await run(['record', to, recordings, '--from', 'earliest', '--to', 'latest', '--hls']);
    expect(recorded.stderr).toBe('');
    expect(recorded.stdout).toMatch(/^\S+ gate opened \S+\n\S+ gate closed \S+: 50 pictures in 2\.0 s \(\S+ kB\), ended\n1 files, 50 pictures .*50 whole.*none missing$/);
    expect(recorded.exitCode).toBe(0);
    const [file = ''] = readdirSync(join(recordings, 'gate')).filter((name) => name.endsWith('.mp4'));
    expect(await countFrames(join(recordings, 'gate', file))).toBe(50);
    expect(readFileSync(join(recordings, 'gate', 'index.m3u8'), 'utf8')).toContain(encodeURIComponent(file));

    const clip = join(folder(), 'gate.mp4');
    const made = await run(['clip', to, clip, '--key', 'gate', '--from', '1h', '--json']);
    expect(JSON.parse(made.stdout)).toMatchObject({ file: clip, codec: 'h265', width: 160, height: 90, pictures: 50, gaps: [] });
    expect(made.exitCode).toBe(0);
    expect(await countFrames(clip)).toBe(50);
    await noFfmpegLeft();
  });

  it('records until it is stopped, and leaves a whole file', async () => {
    const { redis } = await addresses();
    const recordings = folder();
    const recorder = start(['record', redis, recordings, '--json']);
    const camera = start(['stream', SMALL, '--key', 'gate', '--mode', 'stream', '--to', redis]);
    await recorder.prints(/"opened"/);
    recorder.kill('SIGINT');
    const { exitCode, stdout } = await recorder.ended;
    expect(exitCode).toBe(0);
    const { summary } = JSON.parse(stdout.split('\n').at(-1) ?? '') as { summary: { files: number; pictures: number } };
    expect(summary.files).toBe(1);
    const [file = ''] = readdirSync(join(recordings, 'gate')).filter((name) => name.endsWith('.mp4'));
    expect(await countFrames(join(recordings, 'gate', file))).toBe(summary.pictures);
    camera.kill('SIGINT');
    await camera.ended;
    await noFfmpegLeft();
  });

  it('ends with 3 where something is missing, and says what', async () => {
    const { redis, topic, client } = await addresses();
    await streamed(redis);
    const deleter = client();
    const entries = await deleter.xrange(topic, '-', '+');
    await deleter.xdel(topic, entries[30]?.[0] ?? '');
    deleter.disconnect();
    const recorded = await run(['record', redis, folder(), '--from', 'earliest', '--to', 'latest']);
    expect(recorded.stdout).toMatch(/ gate 1 missing, lost after [^]*closed [^]*1 missing \(0 dropped by the sender, 1 lost, 0 expired\)$/);
    expect(recorded.exitCode).toBe(3);
    const clip = await run(['clip', redis, join(folder(), 'gate.mp4'), '--key', 'gate', '--from', '1h']);
    expect(clip.stdout).toMatch(/^\S+gate\.mp4: h265 160x90, 30 pictures [^]*\n1 missing, lost after \S+/);
    expect(clip.exitCode).toBe(3);
  });

  it.each([['--stdout'], []])('plays what it has streamed (%s)', async (...how) => {
    const { kafka } = await addresses();
    await streamed(kafka);
    const shown = join(folder(), 'shown.txt');
    // A player that counts pictures: ffplay has no screen here.
    const bin = folder();
    const count = `ffmpeg -v error -f nut -i pipe:0 -f null - -progress '${shown}'`;
    writeFileSync(join(bin, 'ffplay'), `#!/bin/sh\nexec ${count}\n`);
    chmodSync(join(bin, 'ffplay'), 0o755);
    const words = ['play', kafka, '--from', 'earliest', '--to', 'latest'];
    const options = { env: { PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` } };
    if (how.length > 0) await execa('sh', ['-c', `node '${MAIN}' ${words.join(' ')} --stdout | ${count}`], { env: options.env });
    else expect(await run(words, options)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(readFileSync(shown, 'utf8')).toMatch(/frame=50\n[^]*progress=end\n$/);
    await noFfmpegLeft();
  });

  it('names the command to run if ffplay is missing', async () => {
    const { exitCode, stderr } = await run(['play', 'redis://:hush-hush@127.0.0.1:1/video'], { env: { PATH: folder() }, nodePath: process.execPath });
    expect(stderr).toBe('rxcam: ffplay was not found on PATH; install it, or run: rxcam play redis://***@127.0.0.1:1/video --stdout | mpv -');
    expect(exitCode).toBe(1);
  });

  it('ends with 1 if nothing can be written, and with 2 for bad usage', async () => {
    const { redis } = await addresses();
    for (const [words, code, said] of [
      [['clip', redis, join(folder(), 'a.mp4'), '--key', 'gate', '--from', '10m'], 1, /no picture of 'gate'/],
      [['clip', redis, join(folder(), 'a.mp4'), '--from', '10m'], 2, /option 'key' \(--key\): undefined given/],
      [['clip', redis, join(folder(), 'a.mp4'), '--key', 'gate'], 2, /option 'from' \(--from\)/],
      [['record', redis], 2, /missing required argument 'folder'/],
      [['record', redis, 'x', '--every', '1ms'], 2, /option 'every' \(--every\)/],
      [['record', 'memory:', 'x'], 2, /record: memory: given/],
      [['play', `redis://u:hush@127.0.0.1:${await freePort()}`, '--stdout'], 2, /play: an address without a topic/],
    ] as const) {
      const { exitCode, stderr } = await run([...words]);
      expect(stderr).toMatch(said);
      expect(stderr.split('\n')).toHaveLength(1);
      expect(stderr).not.toContain('hush');
      expect(exitCode).toBe(code);
    }
  });
});
