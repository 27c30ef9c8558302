/** `rxcam doctor`, `rxcam probe` and `rxcam snapshot` as processes, on real cameras and brokers. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { cached, footage, freePort, needs, noFfmpegLeft, sharedKafka, sharedRedis, sharedRtsp, startHttpServer, temporaryFolder } from '../../services/index.js';
import { MAIN, build, endAll, run } from './cli-program.js';

beforeAll(build);
afterEach(endAll);

interface Finding { readonly name: string; readonly state: string; readonly found: string; readonly advice?: string; readonly facts?: Record<string, unknown> }
const verdictOf = (stdout: string) => JSON.parse(stdout) as { ok: boolean; findings: Finding[] };

needs('ffmpeg', 'kafka', 'redis', 'rtsp')('rxcam', () => {
  it('reports what works, of the machine, the source and the broker, in either order', async () => {
    const [{ url: source }, kafka] = await Promise.all([sharedRtsp(), sharedKafka()]);
    const topic = `doctor-${randomUUID()}`;
    const { exitCode, stdout, stderr } = await run(['doctor', `${kafka.url}/${topic}`, source]);
    expect(stderr).toBe('');
    const lines = stdout.split('\n');
    for (const line of [
      /^✓ Node +20\.|^✓ Node +2\d\./, /^✓ ffmpeg +\S+ at \/.*libx265/, /^[✓–] hardware vaapi /, /^✓ cache +\/.* free$/, /^✓ source name +\S+ is \S+ \(/,
      /^✓ source stream +h264 \d+x\d+, [\d.]+ fps/, /^✓ source pictures +the first after [\d.]+ ms; [\d.]+ pictures a second arrived$/, /^✓ source GOP +a keyframe every \d+ pictures, [\d.]+ s$/,
      /^✓ source cost +decoding takes [\d.]+ ms of CPU a picture, [\d.]+ % of a core at [\d.]+ fps; this machine \(\d+ cores\) decodes about \d+ such$/,
      /^✓ broker +a message of [\d.]+ kB to rxcam-doctor at kafka.* was acknowledged in \d+ ms, read back in \d+ ms$/, /^. broker topic /, /^. broker size /, /^✓ clock +that of the broker (?:agrees with this one, to \d+ ms|is \d+ ms (?:ahead of|behind) this one, ± \d+ ms)$/, /^✓ source clock +that of the source (?:agrees|is)/,
      /^✓ source look +brightness \d+ to \d+ of 255$/,
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
    expect(stdout).toMatch(/^✗ source +.*rtsp:\/\/\*\*\*@127\.0\.0\.1.*\n +→ Check host, port and network; is the camera switched on/m);
    expect(stdout).toMatch(/^✗ broker +.*ECONNREFUSED.*\n +→ Do nothing if it is temporary.*check host, port and TLS/m);
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

  it('looks at one camera of a configuration file as the file describes it, with its secrets, and at its broker', async () => {
    const [{ url: broker }, { url: source, port }] = await Promise.all([sharedRedis(), sharedRtsp()]);
    const file = join(temporaryFolder('doctor'), 'cameras.yaml');
    writeFileSync(file, `
brokers:
  main: ${broker}
  other: redis://:\${env:OTHER_PASSWORD}@127.0.0.1:${await freePort()}
defaults:
  pipeline: [encodeH265, toMessage, { publish: { broker: main, topic: "\${camera}-${randomUUID()}" } }]
cameras:
  gate: { source: ${source} }
  camera-17: { source: "rtsp://viewer:\${env:GATE_PASSWORD}@127.0.0.1:${port}/no-such", enabled: false }
`);
    const env = { GATE_PASSWORD: 'hunter-of-17', OTHER_PASSWORD: 'hunter-of-other' };
    const ask = (...words: string[]) => run(words, { env });
    const [good, dark, all] = await Promise.all([ask('doctor', file, 'gate', '--json'), ask('doctor', file, 'camera-17'), ask('doctor', file)]);
    expect([good.exitCode, verdictOf(good.stdout).findings.map(({ name }) => name)]).toEqual([0, expect.arrayContaining(['source stream', 'broker', 'broker topic', 'broker size', 'clock'])]);
    expect(dark.stdout).toMatch(/^✗ camera +camera-17 is not run: enabled is false in .*\n +→ set enabled: true/);
    expect(dark.stdout).toMatch(/^✗ source +.*(?:does not exist|404)/m);
    expect([dark.exitCode, /^✓ broker /m.test(dark.stdout)]).toEqual([1, true]);
    expect(all.stdout).toMatch(/^✓ broker [^]*^✗ broker .*ECONNREFUSED/m);
    const picture = await ask('snapshot', file, 'gate', '-o', join(temporaryFolder('doctor'), 'gate.jpg'));
    expect([picture.exitCode, picture.stderr]).toEqual([0, expect.stringMatching(/gate\.jpg: [\d.]+ kB$/)]);
    for (const [words, said] of [
      [['doctor', file, 'camera-71'], /camera 'camera-71' given \(did you mean 'camera-17'\?\), which is not in .*; it has gate, camera-17/], [['probe', file], /no camera of .* given, expected the name of one/],
      [['doctor', file, 'gate', 'yard'], /3 arguments given/], [['probe', source, 'test:'], /2 sources given, expected one/], [['doctor', '/no/such.yaml', 'gate'], /\/no\/such\.yaml/],
    ] as const) {
      const refused = await ask(...words);
      expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringMatching(said)]);
    }
    expect([good, dark, all].map(({ stdout, stderr }) => stdout + stderr).join('')).not.toContain('hunter');
    await noFfmpegLeft();
  }, 60_000);

  it('says of pictures that they are black, or that they do not change', async () => {
    const made = (name: string, ...words: string[]) => cached(name, 'mp4', async (path) => {
      await execa('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', ...words, '-t', '4', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '5', '-pix_fmt', 'yuv420p', path]);
    });
    const [black, still] = await Promise.all([
      made('black with a clock', '-i', "color=black:size=320x180:rate=5,drawbox=x='4+t':y=4:w=8:h=4:color=white:t=fill"),
      made('still', '-i', 'testsrc2=size=320x180:rate=5', '-vf', "select='eq(n,0)',loop=-1:1,fps=5"),
    ]);
    const [dark, frozen] = await Promise.all([run(['probe', black]), run(['probe', still])]);
    expect(dark.stdout).toMatch(/^✗ source look +almost black, brightness \d+ to \d+ of 255.*\n +→ look at rxcam snapshot/m);
    expect(frozen.stdout).toMatch(/^– source look +brightness \d+ to \d+ of 255; (\d+) pictures of \1 look the same\n +→ if the scene moves/m);
  });

  it('compares the clock with the Date of an HTTP source', async () => {
    const clip = readFileSync(await footage({ seconds: 4 }));
    const server = await startHttpServer({
      '/clip.mp4': (_, response) => { response.setHeader('Date', new Date(Date.now() - 3 * 3_600_000).toUTCString()).setHeader('Content-Length', clip.length).end(clip); },
    });
    try {
      const { stdout, exitCode } = await run(['probe', server.urlOf('/clip.mp4')], { env: { XDG_CACHE_HOME: temporaryFolder('cache') } });
      expect(stdout).toMatch(/^– source clock +that of the source is 3\.\d h behind this one, ± \d+ ms\n +→ set both clocks by NTP/m);
      expect(exitCode).toBe(0);
    } finally {
      await server.stop();
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
});
