/** `rxcam health` as a process: how the programs are that run beside it, and what it makes of those that are not well. */
import { setTimeout as sleep } from 'node:timers/promises';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { freePort, needs, secretsKept, sharedRedis, startRedis, temporaryFolder } from '../../services/index.js';
import { queryProgram } from '../../../src/apps/cli/health/query.js';
import { build, endAll, run, start } from './cli-program.js';

beforeAll(build);
afterEach(endAll);

const LIVE = 'test:?size=64x48&fps=10';

/** A folder for sockets, and the two commands with it. */
function place() {
  const folder = `${temporaryFolder('health')}/run`;
  const env = { RXCAM_RUN_DIR: folder };
  return { folder, env, health: (...words: string[]) => run(['health', ...words], { env }) };
}

/** One that streams. */
async function streaming(env: Record<string, string>, ...words: string[]) {
  const program = start(['stream', LIVE, '--key', 'gate', '--log-every', '1', ...words], { env });
  await program.said(/"msg":"published"/);
  return program;
}

needs('ffmpeg')('rxcam health', () => {
  it('says how the program is, for people and for programs', async () => {
    const { folder, env, health } = place();
    const program = await streaming(env);
    const shown = await health('--expect', 'streaming');
    expect(shown).toMatchObject({ exitCode: 0, stderr: '' });
    expect(shown.stdout).toMatch(new RegExp(`^✓ stream ${program.pid}, up \\d+ s: 1 of 1 cameras send pictures; memory: is connected$`));
    const { stdout } = await health('--json', '--pid', String(program.pid));
    expect(JSON.parse(stdout)).toEqual({
      healthy: true,
      programs: [{
        pid: program.pid, healthy: true, command: 'stream', version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string, upMs: expect.any(Number) as number,
        cameras: { streaming: 1 }, trouble: [], brokers: [{ address: 'memory:', status: 'connected' }],
      }],
    });
    expect(await health('--pid', '1')).toMatchObject({ exitCode: 1, stdout: '' });
    program.kill('SIGTERM');
    expect(await program.ended).toMatchObject({ exitCode: 0 });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('fails where no program runs, and says where it has looked', async () => {
    const { folder, health } = place();
    expect(await health()).toMatchObject({ exitCode: 1, stdout: '', stderr: `rxcam: health: no rxcam stream, run, worker or record runs here; looked in ${folder}` });
    expect(JSON.parse((await health('--json')).stdout)).toEqual({ healthy: false, programs: [] });
  });

  it('fails where a program does not answer, and forgets one that was killed', async () => {
    const { folder, env, health } = place();
    const program = await streaming(env);
    program.kill('SIGSTOP');
    const stopped = await health('--timeout', '300');
    expect(stopped).toMatchObject({ exitCode: 1, stdout: `✗ ${program.pid} did not answer within 300 ms` });
    program.kill('SIGCONT');
    expect(await health()).toMatchObject({ exitCode: 0 });
    program.kill('SIGKILL');
    await program.ended;
    expect(existsSync(`${folder}/${program.pid}.sock`)).toBe(true);
    expect(await health()).toMatchObject({ exitCode: 1, stdout: '' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('does not restart a program because a camera or a broker is away, unless it is asked to', async () => {
    const { env, health } = place();
    const [camera, broker] = await Promise.all([freePort(), freePort()]);
    const program = start(['stream', `rtsp://viewer:s3cr3t@127.0.0.1:${camera}/stream`, LIVE, '--key', 'yard', '--key', 'gate', '--to', `redis://127.0.0.1:${broker}/video`], { env });
    await Promise.all([program.said(/"msg":"retrying"/), program.said(/"msg":"broker unavailable"/)]);
    expect(await health()).toMatchObject({ exitCode: 0 });
    const ready = await health('--expect', 'ready');
    expect(ready.exitCode).toBe(1);
    expect(ready.stdout).toMatch(new RegExp(`^✗ stream ${program.pid}, up \\d+ s: the broker redis://127\\.0\\.0\\.1:${broker} is unavailable; 1 of 2 cameras send pictures; yard is waiting \\(SOURCE_REFUSED\\); `));
    const strict = await health('--expect', 'streaming', '--json');
    secretsKept(['s3cr3t'], [ready, strict]);
    expect(strict.exitCode).toBe(1);
  });

  it('asks nothing of sockets that others may have made, and takes no nonsense for an answer', async () => {
    const { folder, env, health } = place();
    mkdirSync(folder);
    const server = createServer((socket) => socket.end('{"healthy":true}\n')).listen(`${folder}/4711.sock`);
    await once(server, 'listening');
    expect(await health()).toMatchObject({ exitCode: 1, stdout: '✗ 4711 gave an answer that this version of rxcam does not know' });
    chmodSync(folder, 0o777);
    expect(await health()).toMatchObject({ exitCode: 1, stdout: '' });
    server.close();
    const program = start(['stream', LIVE, '--frames', '3', '--json'], { env });
    expect(JSON.parse(await program.said(/rxcam health/))).toMatchObject({ level: 40, reason: `others can write to ${folder}` });
    expect(await program.ended).toMatchObject({ exitCode: 0 });
  });

  it('leaves a program alone that can have no socket', async () => {
    writeFileSync(`${temporaryFolder('health')}/file`, '');
    const program = start(['stream', LIVE, '--frames', '3', '--json'], { env: { RXCAM_RUN_DIR: '/proc/self/nothing' } });
    await program.said(/rxcam health will not find this program/);
    expect(await program.ended).toMatchObject({ exitCode: 0 });
  });

  it('refuses what it does not know', async () => {
    expect(await run(['health', '--expect', 'happy'])).toMatchObject({ exitCode: 2, stdout: '' });
    expect(await run(['health', '--timeout', 'soon'])).toMatchObject({ exitCode: 2, stdout: '' });
    expect(await run(['health', 'gate'])).toMatchObject({ exitCode: 2, stdout: '' });
  });

  it('knows rxcam run', async () => {
    const { folder, env, health } = place();
    const file = `${temporaryFolder('health')}/cameras.json`;
    writeFileSync(file, JSON.stringify({ brokers: { main: 'memory:' }, cameras: { gate: { source: LIVE, logEveryFrames: 1, pipeline: ['encodeJpeg', 'toMessage', { publish: { topic: 'video' } }] } } }));
    const program = start(['run', file], { env });
    await program.said(/"msg":"published"/);
    expect((await health('--expect', 'streaming')).stdout).toMatch(/^✓ run \d+, up \d+ s: 1 of 1 cameras send pictures; memory: is connected$/);
    expect(readdirSync(folder)).toEqual([`${program.pid}.sock`]);
  });
});

needs('redis')('rxcam health of a worker', () => {
  it('is ready as a member of its fleet, and knows which of its cameras gives no pictures', async () => {
    const { env, health } = place();
    const { url } = await sharedRedis();
    const inFleet = ['--to', `${url}/video`, '--fleet', `health-${randomUUID()}`];
    const program = start(['worker', ...inFleet, '--name', 'ann'], { env });
    await program.said(/"status":"member"/);
    const { exitCode, stdout } = await health('--expect', 'ready');
    expect(stdout).toMatch(/^✓ worker \d+, up \d+ s: 0 of 0 cameras send pictures; redis:.* is \w+; worker ann is member$/);
    expect(exitCode).toBe(0);
    const camera = JSON.stringify({ source: `rtsp://127.0.0.1:${await freePort()}/stream`, pipeline: ['encodeH265', 'toMessage', 'publish'] });
    await run(['fleet', 'add', 'yard', camera, ...inFleet]);
    await program.said(/"msg":"retrying"/);
    expect(await health('--expect', 'ready')).toMatchObject({ exitCode: 0 });
    const strict = await health('--expect', 'streaming');
    expect([strict.exitCode, strict.stdout]).toEqual([1, expect.stringMatching(/: 1 camera sends no pictures; 0 of 1 cameras send pictures; yard is waiting \(SOURCE_REFUSED\); /)]);
  });
});

needs('ffmpeg', 'redis')('rxcam health of a recorder', () => {
  it('fails while the camera is silent or the broker is away, and recovers with them', async () => {
    const { folder, env, health } = place();
    await using redis = await ownRedis();
    const to = `${redis.url}/video`;
    const recorder = start(['record', to, temporaryFolder('recordings'), '--key', 'gate', '--silent-after', '700ms', '--json', '--broker-retry-max', '500'], { env });
    /** Resolves when the recorder's answer has these states, which no event reports. */
    const turns = async (camera: string, broker: string) => {
      const isSo = async () => {
        const { answer } = await queryProgram({ pid: recorder.pid, path: `${folder}/${recorder.pid}.sock` }, 5_000) ?? {};
        return answer?.cameras[camera] === 1 && answer.brokers[0]?.status === broker;
      };
      while (!await isSo()) await sleep(20);
    };
    /** Queries as people do until the answer is so: on a busy machine, pictures may be late once. */
    const answers = async (expected: string, answer: RegExp) => {
      for (;;) {
        const { exitCode, stdout } = await health('--pid', String(recorder.pid), '--expect', expected);
        if (answer.test(stdout)) return exitCode;
      }
    };
    const sender = () => start(['stream', LIVE, '--key', 'gate', '--mode', 'stream', '--gop', '5', '--to', to, '--broker-retry-max', '500'], { env: { RXCAM_RUN_DIR: temporaryFolder('other') } });
    expect(await answers('streaming', /^✗ record \d+, up \d+ s: 1 camera sends no pictures; 0 of 1 cameras send pictures; gate is waiting; redis:\S+ is connected$/)).toBe(1);
    const first = sender();
    await turns('streaming', 'connected');
    expect(await answers('streaming', /^✓ record \d+, up \d+ s: 1 of 1 cameras send pictures; redis:\S+ is connected$/)).toBe(0);
    await recorder.prints(/"opened"/);

    first.kill('SIGKILL');
    await turns('silent', 'connected');
    expect(await answers('streaming', /^✗ .*: 1 camera sends no pictures; 0 of 1 cameras send pictures; gate is silent; redis:\S+ is connected$/)).toBe(1);
    expect((await health('--expect', 'ready')).exitCode).toBe(0);
    sender();
    await turns('streaming', 'connected');
    expect(await answers('streaming', /^✓ /)).toBe(0);

    await redis.down();
    await turns('silent', 'unavailable');
    expect(await answers('ready', /^✗ .*: the broker redis:\S+ is unavailable; /)).toBe(1);
    expect((await health()).exitCode).toBe(0);
    const { programs } = JSON.parse((await health('--json')).stdout) as { programs: { brokers: object[] }[] };
    expect(programs[0]?.brokers).toEqual([{ address: expect.any(String) as string, status: 'unavailable', error: expect.stringMatching(/refused/i) as string }]);
    await redis.start();
    await turns('streaming', 'connected');
    expect(await answers('streaming', /^✓ /)).toBe(0);
    recorder.kill('SIGTERM');
    // The sender was killed, and the broker was away: pictures may be missing.
    expect([0, 3]).toContain((await recorder.ended).exitCode);
  });
});

/** A Redis that the test stops and starts. */
async function ownRedis() {
  const redis = await startRedis();
  return Object.assign(redis, { [Symbol.asyncDispose]: async () => { await redis.stop(); } });
}
