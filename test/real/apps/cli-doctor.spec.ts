/** `rxcam doctor`, `rxcam probe` and `rxcam snapshot` as processes, on real cameras and brokers. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { footage, freePort, needs, noFfmpegLeft, sharedKafka, sharedRedis, sharedRtsp } from '../../services/index.js';
import { MAIN, build, endAll, run } from './cli-program.js';

beforeAll(build);
afterEach(endAll);

interface Finding { readonly name: string; readonly state: string; readonly found: string; readonly advice?: string; readonly facts?: Record<string, unknown> }
const verdictOf = (stdout: string) => JSON.parse(stdout) as { ok: boolean; findings: Finding[] };

needs('ffmpeg', 'kafka', 'redis', 'rtsp')('rxcam', () => {
  it('says what works, of the machine, the source and the broker, whichever comes first', async () => {
    const [{ url: source }, kafka] = await Promise.all([sharedRtsp(), sharedKafka()]);
    const topic = `doctor-${randomUUID()}`;
    const { exitCode, stdout, stderr } = await run(['doctor', `${kafka.url}/${topic}`, source]);
    expect(stderr).toBe('');
    const lines = stdout.split('\n');
    for (const line of [
      /^✓ Node +20\.|^✓ Node +2\d\./, /^✓ ffmpeg +\S+ at \/.*libx265/, /^[✓–] hardware vaapi /, /^✓ cache +\/.* free$/, /^✓ source name +\S+ is \S+ \(/,
      /^✓ source stream +h264 \d+x\d+, [\d.]+ fps/, /^✓ source pictures +the first after [\d.]+ ms; [\d.]+ pictures a second came$/, /^✓ source GOP +a keyframe every \d+ pictures, [\d.]+ s$/,
      /^✓ source cost +decoding takes [\d.]+ ms of CPU a picture, [\d.]+ % of a core at [\d.]+ fps; this machine \(\d+ cores\) decodes about \d+ such$/,
      /^✓ broker +a message of [\d.]+ kB to rxcam-doctor at kafka.* was acknowledged in \d+ ms, read back in \d+ ms$/, /^. broker topic /, /^. broker size /, /^– clock +kafka says no time/,
    ]) expect(lines.some((one) => line.test(one)), `${String(line)}\n${stdout}`).toBe(true);
    expect([0, 1]).toContain(exitCode);
    await noFfmpegLeft();
  });

  it('compares the clock with that of Redis, knows its limit, and is well', async () => {
    const { url } = await sharedRedis();
    const { exitCode, stdout } = await run(['doctor', '--broker', `${url}/doctor-${randomUUID()}`, '--json']);
    const { ok, findings } = verdictOf(stdout);
    expect([ok, exitCode]).toEqual([true, 0]);
    const facts = new Map(findings.map((one) => [one.name, one]));
    expect(Math.abs(Number(facts.get('clock')?.facts?.['clockMs']))).toBeLessThan(1_000);
    expect(facts.get('broker size')?.facts).toEqual({ maxMessageBytes: 512 * 1024 ** 2 });
    expect(facts.get('broker')?.facts).toEqual({ writtenMs: expect.any(Number) as number, backMs: expect.any(Number) as number });
  });

  it('says what does not work, and what to do, without secrets', async () => {
    const port = await freePort();
    const { exitCode, stdout, stderr } = await run(['doctor', `rtsp://user:hunter2@127.0.0.1:${port}/a`, `redis://:hunter2@127.0.0.1:${port}/a`]);
    expect(stdout).toMatch(/^✗ source +.*rtsp:\/\/\*\*\*@127\.0\.0\.1.*\n +→ check host and port/m);
    expect(stdout).toMatch(/^✗ broker +.*ECONNREFUSED.*\n +→ check host, port and TLS/m);
    expect(stdout).toMatch(/\n2 things do not work$/);
    expect(exitCode).toBe(1);
    expect(stdout + stderr).not.toContain('hunter2');
    for (const [words, said] of [
      [['doctor', 'test:', 'test:'], /2 sources and 0 brokers given/], [['doctor', 'kafka://a b'], /'kafka:\/\/a b' given, expected/], [['probe'], /missing required argument 'source'/],
      [['snapshot', 'test:', '--quality', '0'], /option 'quality'/], [['probe', 'rtsp//u:hunter2@h'], /source: '\*\*\*@h' given/],
    ] as const) {
      const refused = await run([...words]);
      expect(refused.stderr).toMatch(said);
      expect([refused.exitCode, refused.stderr.includes('hunter2')]).toEqual([2, false]);
    }
  });

  it('probes a file, and one that is not there', async () => {
    const clip = await footage({ seconds: 4 });
    const { exitCode, stdout } = await run(['probe', clip, '--json']);
    const facts = JSON.parse(stdout) as Record<string, unknown>;
    expect(facts).toMatchObject({ info: { kind: 'file', codec: 'h264' }, gop: expect.any(Number) as number, decodeMs: expect.any(Number) as number, fits: expect.any(Number) as number });
    expect(exitCode).toBe(0);
    const none = await run(['probe', '/no/such.mp4', '--json']);
    expect(JSON.parse(none.stdout)).toMatchObject({ error: { code: 'SOURCE_NOT_FOUND' } });
    expect(none.exitCode).toBe(1);
    await noFfmpegLeft();
  });

  it('takes a picture into a file, or into a pipe', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'rxcam-test-snapshot-')), 'gate.jpg');
    const { exitCode, stdout, stderr } = await run(['snapshot', 'test:?size=320x240', '-o', file]);
    expect([exitCode, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/gate\.jpg: [\d.]+ kB$/);
    expect(readFileSync(file).subarray(0, 2).toString('hex')).toBe('ffd8');
    const piped = await execa('sh', ['-c', `node '${MAIN}' snapshot 'test:?size=320x240' | wc -c`]);
    expect(Number(piped.stdout)).toBeGreaterThan(2_000);
    const refused = await run(['snapshot', 'test:', '-o', '/no/such/folder/a.jpg']);
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringMatching(/^rxcam: .*ENOENT/) as string]);
  });

  it.each([['doctor'], ['probe', 'test:?duration=1'], ['check', '/no/such/file'], ['--help'], ['stream', '--help']])('ends quietly when the reader of %s has gone', async (...words) => {
    const { stderr, exitCode } = await execa('bash', ['-c', `node '${MAIN}' ${words.join(' ')} | head -c 1 > /dev/null; exit \${PIPESTATUS[0]}`], { reject: false });
    // What is said of a file that is not there goes to stderr, which has its reader.
    expect(stderr.replace(/^.*the file can't be read.*$/m, '')).toBe('');
    expect(exitCode).toBe(words[0] === 'check' ? 2 : 0);
  });
});
