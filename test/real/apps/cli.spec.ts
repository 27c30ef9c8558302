/** The command line as a process: exit codes, what is printed where, signals, secrets, the live table. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RtspServer, footage, freePort, needs, sharedKafka, sharedRedis, startRtspServer } from '../../services/index.js';
import { MAIN, build, countsOf, endAll, gone, run, start } from './cli-program.js';

beforeAll(build);
afterEach(endAll);

/** Small pictures, cheap to encode. */
const SMALL = 'test:?size=160x90&fps=25';

describe('bad usage', () => {
  it.each([
    [['stream', '--bogus'], /unknown option '--bogus'/],
    [['streem'], /unknown command 'streem'/],
    [['stream', '--crf', '99'], /option 'crf' \(--crf\): 99 given/],
    [['stream', '--crf', 'x'], /--crf <n>.*Expected a number/],
    [['stream', 'gopher://user:hidden@h/x'], /gopher:\/\/\*\*\*@h\/x' given; allowed: rtsp/],
    [['stream', '--to', 'amqp://u:hidden@h'], /option 'to' \(--to\): 'amqp:\/\/\*\*\*@h' given, expected memory:/],
    [['stream', '--to', 'redis://h', '--kafka-acks', '1'], /option 'acks' \(--kafka-acks\) given for a broker of another kind/],
    [['stream', '--codec', 'jpeg', '--crf', '30'], /--crf given with --codec jpeg, expected with --codec h265/],
    [['stream', '--codec', 'jpeg', '--quality', '0'], /option 'quality' \(--quality\): 0 given/],
    [['stream', '--mode', 'frame', '--gop', '5'], /gop and chunk are for mode: 'stream'/],
    [['stream', '--to', 'kafka://me@h/t'], /a login without a password given/],
    [['stream', SMALL, SMALL, '--message-key', 'same'], /cameras 'test' and 'test_2' given topic 'rxcam' and key 'same', expected another --message-key/],
  ])('%j: one line on stderr, exit code 2', async (words, message) => {
    const { exitCode, stdout, stderr } = await run([...words, ...(words[0] === 'stream' ? ['--log-level', 'silent', '--json'] : [])]);
    expect(stderr).toMatch(message);
    expect(stderr.split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/^rxcam: /);
    expect(stderr + stdout).not.toContain('hidden');
    expect(exitCode).toBe(2);
  });

  it('starts nothing', async () => {
    const { stdout } = await run(['stream', '--crf', '99', '--json']);
    expect(stdout).toBe('');
  });
});

describe('--frames and --json', () => {
  it('sends exactly so many messages, and prints one object', async () => {
    const ended = await run(['stream', '--frames', '20', '--json', 'test:']);
    expect(ended.exitCode).toBe(0);
    const counts = countsOf(ended);
    expect(Object.keys(counts)).toEqual(['captured', 'published', 'delivered', 'skipped', 'dropped', 'inFlight', 'duplicates', 'bytes', 'reconnects', 'encoder']);
    expect(counts).toMatchObject({ published: 20, delivered: 0, skipped: 0, inFlight: 0, duplicates: 0, reconnects: 0, encoder: 'libx265' });
    expect(counts.bytes).toBeGreaterThan(20 * 1000);
  });

  it('sends JPEGs where they are asked for', async () => {
    const ended = await run(['stream', SMALL, '--codec', 'jpeg', '--quality', '60', '--frames', '5', '--json']);
    expect(ended.exitCode).toBe(0);
    expect(countsOf(ended)).toMatchObject({ published: 5, encoder: 'mjpeg' });
  });

  it('counts what is thinned out as skipped, and takes flags without the word stream', async () => {
    const counts = countsOf(await run(['--frames', '4', '--every', '5', '--size', '160x', '--json']));
    expect(counts).toMatchObject({ published: 4 });
    expect(counts.skipped).toBeGreaterThanOrEqual(12);
  });

  it('counts the messages of stream mode, chunks too', async () => {
    const counts = countsOf(await run(['stream', '--mode', 'stream', '--chunk', '5', '--frames', '3', '--json', SMALL]));
    expect(counts.published).toBe(15);
  });

  it('ends with the source where that is sooner', async () => {
    const ended = await run(['stream', 'test:?size=160x90&duration=1', '--pace', 'asap', '--frames', '1000', '--json']);
    expect(countsOf(ended)).toMatchObject({ captured: 25, published: 25 });
    expect(ended.exitCode).toBe(0);
  });

  it('sums several sources up and has each under its key', async () => {
    const ended = await run(['stream', SMALL, `${SMALL}&noise=0`, SMALL, '--frames', '7', '--json', '--key', 'a', '--key', 'b', '--key', 'c']);
    const { cameras = {}, ...sums } = countsOf(ended);
    expect(Object.keys(cameras)).toEqual(['a', 'b', 'c']);
    for (const one of Object.values(cameras)) expect(one.published).toBe(7);
    for (const name of ['captured', 'published', 'skipped', 'bytes'] as const) {
      expect(sums[name]).toBe(Object.values(cameras).reduce((sum, one) => sum + one[name], 0));
    }
    expect(sums).toMatchObject({ published: 21, encoder: 'libx265' });
  });

  it('numbers derived keys where two are the same', async () => {
    const { cameras } = countsOf(await run(['stream', SMALL, SMALL, '--frames', '2', '--json']));
    expect(Object.keys(cameras ?? {})).toEqual(['test', 'test_2']);
  });

  it('prints a line in words without --json', async () => {
    const { stdout } = await run(['stream', SMALL, '--frames', '2']);
    expect(stdout).toMatch(/^test: \d+ frames captured, 2 published \([\d.]+ kB\), 0 skipped, /);
  });

  it('says nothing with --quiet', async () => {
    expect(await run(['stream', SMALL, '--frames', '2', '--quiet'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });
});

describe('logs', () => {
  it('are lines of pino on stderr', async () => {
    const { stderr } = await run(['stream', SMALL, '--frames', '4', '--log-every', '2']);
    const records = stderr.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(records.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['connecting', 'opened', 'encoder', 'published', 'stopped']));
    expect(records.filter(({ msg }) => msg === 'published').map(({ published }) => published)).toEqual([2, 4]);
  });
});

describe('a source that fails permanently', () => {
  it('ends the program with exit code 1 when nothing retries it', async () => {
    const ended = await run(['stream', '/no/such/file.mp4', '--no-retry', '--json']);
    expect(ended.exitCode).toBe(1);
    expect(ended.stderr).toContain("no such file: '/no/such/file.mp4'");
    expect(countsOf(ended)).toMatchObject({ captured: 0, published: 0 });
  });

  it('does not end the others', async () => {
    const ended = await run(['stream', '/no/such/file.mp4', SMALL, '--no-retry', '--frames', '3', '--json', '--key', 'bad', '--key', 'good']);
    expect(ended.exitCode).toBe(1);
    expect(countsOf(ended).cameras).toMatchObject({ bad: { published: 0 }, good: { published: 3 } });
  });
});

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  it('stops the cameras, sends what is left, and exits with 0', async () => {
    const one = start(['stream', 'test:', '--json', '--log-every', '5']);
    await one.said(/"msg":"published"/);
    const ffmpegs = one.ffmpegs();
    expect(ffmpegs).toHaveLength(1);
    one.kill(signal);
    const ended = await one.ended;
    expect(ended.exitCode).toBe(0);
    const counts = countsOf(ended);
    expect(counts.published).toBeGreaterThanOrEqual(5);
    expect(counts).toMatchObject({ inFlight: 0, dropped: { closed: 0 } });
    await gone(ffmpegs);
  });

  it('ends it at once when it comes twice', async () => {
    const one = start(['stream', SMALL, '--to', `redis://127.0.0.1:${await freePort()}`, '--close-deadline', '600000', '--json']);
    await one.said(/broker unavailable/);
    const ffmpegs = one.ffmpegs();
    expect(ffmpegs).toHaveLength(1);
    one.kill(signal);
    await one.said(/"msg":"stopping"/);
    one.kill(signal);
    expect((await one.ended).exitCode).toBe(signal === 'SIGINT' ? 130 : 143);
    await gone(ffmpegs);
  });
});

describe('what can not be sent', () => {
  it('is reported on stderr and counted as closed', async () => {
    const one = start(['stream', SMALL, '--to', `redis://127.0.0.1:${await freePort()}/video`, '--close-deadline', '200', '--json']);
    await one.said(/broker unavailable/);
    one.kill('SIGINT');
    const ended = await one.ended;
    const counts = countsOf(ended);
    expect(counts.published).toBe(0);
    expect(counts.dropped['closed']).toBeGreaterThan(0);
    expect(ended.stderr).toContain(`${counts.dropped['closed']} messages could not be sent`);
    expect(ended.exitCode).toBe(0);
  });
});

describe('its output is not read', () => {
  it('ends in order', async () => {
    const one = start(['stream', 'test:', '--log-every', '1']);
    await one.said(/"msg":"published"/);
    const ffmpegs = one.ffmpegs();
    one.stopReading();
    expect((await one.ended).exitCode).toBe(0);
    await gone(ffmpegs);
  });
});

describe('an error that nothing catches', () => {
  it('is one line without secrets, exit code 1, and no ffmpeg is left', async () => {
    const fault = 'process.once("SIGUSR2", () => { throw new Error("lost\\nrtsp://user:hidden@host/x"); })';
    const one = start(['stream', 'test:', '--log-every', '1'], { nodeOptions: ['--import', `data:text/javascript,${encodeURIComponent(fault)}`] });
    await one.said(/"msg":"published"/);
    const ffmpegs = one.ffmpegs();
    one.kill('SIGUSR2');
    const { exitCode, stderr } = await one.ended;
    expect(exitCode).toBe(1);
    expect(stderr.split('\n').at(-1)).toBe('rxcam: lost rtsp://***@host/x');
    await gone(ffmpegs);
  });
});

needs('rtsp', 'ffmpeg')('a real camera', () => {
  const password = 'p@ss w0rd/secret';
  let server: RtspServer;
  beforeAll(async () => {
    server = await startRtspServer({ width: 320, height: 180, user: 'user', password });
    return () => server.stop();
  });

  it('keeps its password, and the broker\'s, to itself', async () => {
    const port = await freePort();
    const one = start(['stream', server.url, '--to', `redis://:hidden-too@127.0.0.1:${port}/video`, '--log-level', 'trace', '--log-every', '1', '--close-deadline', '100', '--json']);
    await one.said(/broker unavailable/);
    const list = one.processList();
    expect(one.ffmpegs()).toHaveLength(1);
    expect(list).toContain('ffmpeg');
    expect(list).toContain(`rtsp://***@127.0.0.1:${server.port}/stream`);
    one.kill('SIGTERM');
    const { stdout, stderr } = await one.ended;
    for (const text of [list, stdout, stderr]) {
      expect(text).not.toContain(password);
      expect(text).not.toContain(encodeURIComponent(password));
      expect(text).not.toContain('hidden-too');
    }
  });

  it('that is killed and comes back does not start the count again', async () => {
    const one = start(['stream', server.url, '--frames', '40', '--log-every', '10', '--retry-initial', '100', '--json']);
    await one.said(/"msg":"published"/);
    await server.kill();
    await one.said(/"msg":"retrying"/);
    await server.start();
    const ended = await one.ended;
    const counts = countsOf(ended);
    expect(counts.published).toBe(40);
    expect(counts.reconnects).toBeGreaterThanOrEqual(1);
    expect(ended.exitCode).toBe(0);
  });
});

needs('redis', 'ffmpeg')('Redis', () => {
  it('has an entry for each message in the stream that the address names', async () => {
    const { url } = await sharedRedis();
    const counts = countsOf(await run(['stream', SMALL, '--key', 'cli', '--frames', '10', '--to', `${url}/cli-stream`, '--json']));
    expect(counts.published).toBe(10);
    const client = new Redis(url);
    const entries = await client.xrange('cli-stream', '-', '+');
    client.disconnect();
    expect(entries).toHaveLength(10);
    expect(entries[0]?.[1]).toEqual(expect.arrayContaining(['ce_key', 'cli', 'ce_inputorder', '1']));
  });
});

needs('kafka', 'ffmpeg')('Kafka', () => {
  it('has every message in the topic that the address names', async () => {
    const { host, port } = await sharedKafka();
    const ended = await run(['stream', SMALL, '--frames', '10', '--to', `kafka://${host}:${port}/cli-topic`, '--json', '--log-level', 'debug']);
    expect(countsOf(ended).published).toBe(10);
    expect(ended.exitCode).toBe(0);
    for (const line of ended.stderr.split('\n')) expect(JSON.parse(line)).toHaveProperty('level');
    const admin = new Kafka({ brokers: [`${host}:${port}`], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const [partition] = await admin.fetchTopicOffsets('cli-topic');
    await admin.disconnect();
    expect(partition).toMatchObject({ high: '10', low: '0' });
  });
});

describe('on a terminal', () => {
  const PTY = 'import pty, sys, os; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';

  it('shows a live table and leaves the cursor as it was', async () => {
    const { stdout, exitCode } = await execa('python3', ['-c', PTY, 'node', MAIN, 'stream', SMALL, '--key', 'gate', '--frames', '30', '--refresh', '100'], { reject: false, stdin: 'ignore', env: { TERM: 'xterm' } });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/gate +\u001b\[32mstreaming\u001b\[39m +\d+\.\d +\d+\.\d +\d+ +0 +\d+ ms +\d+ +- +libx265/);
    expect(stdout).toMatch(/camera +state +fps in +fps out +published +dropped +latency +flight +next +encoder/);
    expect(stdout).toMatch(/gate +stopped +.* 30 +0 /);
    expect(stdout).toMatch(/gate: \d+ frames captured, 30 published/);
    expect(stdout.lastIndexOf('\u001b[?25h')).toBeGreaterThan(stdout.lastIndexOf('\u001b[?25l'));
    expect(stdout).not.toContain('"level"');
  });

  it('shows how much of a file is downloaded, and then played', async () => {
    const clip = readFileSync(await footage({ seconds: 4 }));
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-length': clip.length, 'content-type': 'video/mp4' });
      response.write(clip.subarray(0, clip.length / 2));
      // The rest comes when the table has shown the half.
      rest = () => { response.end(clip.subarray(clip.length / 2)); };
    });
    let rest: () => void = () => undefined;
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const { port } = server.address() as AddressInfo;
    const child = execa('python3', ['-c', PTY, 'node', MAIN, 'stream', `http://127.0.0.1:${port}/clip.mp4`, '--refresh', '100', '--pace', 'realtime'], {
      reject: false, stdin: 'ignore', env: { NO_COLOR: '1', XDG_CACHE_HOME: mkdtempSync(join(tmpdir(), 'rxcam-test-cache-')) },
    });
    let shown = '';
    child.stdout.on('data', (chunk: Buffer) => {
      shown += chunk.toString();
      if (/↓████ +\d\d %/.test(shown)) rest();
    });
    expect((await child).exitCode).toBe(0);
    expect(shown).toMatch(/connecting +↓████ +(49|50) %/);
    expect(shown).toMatch(/streaming +█/);
    server.close();
  });

  it('ends by Ctrl-C in order, with log lines above the table', async () => {
    const child = execa('python3', ['-c', PTY, 'node', MAIN, 'stream', SMALL, '/no/such/file', '--refresh', '100'], { reject: false, env: { NO_COLOR: '1' } });
    let shown = '';
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        shown += chunk.toString();
        if (/test +streaming/.test(shown) && /no_such_file +waiting +again in \d+ s: no such file: '\/no\/such\/file'/.test(shown)) resolve();
      });
    });
    child.stdin.write('\u0003');
    const { exitCode, stdout } = await child;
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/\d\d:\d\d:\d\d ERROR no_such_file failed attempt=1 error="no such file/);
    expect(stdout).toMatch(/test: \d+ frames captured/);
  });
});
