/** `rxcam run` and `rxcam check` as processes: what a change of the file touches, and what it does not. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { freePort, needs, noFfmpegLeft, sharedRedis } from '../../services/index.js';
import { build, countsOf, endAll, run, start } from './cli-program.js';

beforeAll(build);
afterEach(endAll);

const folder = () => mkdtempSync(join(tmpdir(), 'rxcam-test-config-'));
const LIVE = 'test:?size=160x90&fps=25';

/** As editors save: a new file takes the place of the old one. */
function save(file: string, text: string): void {
  writeFileSync(`${file}~`, text);
  renameSync(`${file}~`, file);
}

needs('ffmpeg', 'redis')('rxcam run', () => {
  const setUp = async () => {
    const { url } = await sharedRedis();
    const stream = `config-${randomUUID()}`;
    const client = new Redis(url);
    /** The numbers of a camera's messages, by the run of numbers that they belong to. */
    const orders = async (camera: string) => {
      const entries = await client.xrange(`${stream}.${camera}`, '-', '+');
      const runs = new Map<string, { order: number; seq: number }[]>();
      for (const [, fields] of entries) {
        const { ce_id: id = '', ce_inputorder: order, ce_seq: seq } = Object.fromEntries(Array.from({ length: fields.length / 2 }, (_, index) => [fields[2 * index], fields[2 * index + 1]])) as Record<string, string>;
        const name = id.split('/')[1] ?? '';
        runs.set(name, [...runs.get(name) ?? [], { order: Number(order), seq: Number(seq) }]);
      }
      return [...runs.values()];
    };
    const atLeast = async (camera: string, messages: number, inRuns = 1) => {
      for (;;) {
        const runs = await orders(camera);
        if (runs.length >= inRuns && (runs.at(-1)?.length ?? 0) >= messages) return runs;
        await client.xread('BLOCK', 5_000, 'STREAMS', `${stream}.${camera}`, '$');
      }
    };
    const text = (cameras: Record<string, object>, broker = url) => JSON.stringify({
      brokers: { main: broker },
      defaults: { retry: { initialMs: 200, maxMs: 200 }, pipeline: ['encodeH265', 'toMessage', { publish: { topic: `${stream}.\${camera}` } }] },
      cameras,
    });
    return { url, text, orders, atLeast, end: () => { client.disconnect(); } };
  };

  it('runs files to their end, and counts for each camera', async () => {
    const { text, end } = await setUp();
    const file = join(folder(), 'cameras.json');
    const clip = { source: 'test:?size=160x90&fps=25&duration=2', pace: 'asap', retry: false };
    writeFileSync(file, text({ gate: clip, yard: { ...clip, steps: { encodeH265: { mode: 'stream' } } }, off: { ...clip, enabled: false } }));
    const ended = await run(['run', file, '--json']);
    expect(ended.exitCode).toBe(0);
    expect(countsOf(ended).cameras).toMatchObject({ gate: { captured: 50, published: 50 }, yard: { captured: 50, published: 50 } });
    expect(Object.keys(countsOf(ended).cameras ?? {})).toEqual(['gate', 'yard']);
    end();
  });

  it('touches only the cameras that a saved file has changed, and with mistakes in it none', async () => {
    const { text, atLeast, orders, end } = await setUp();
    const file = join(folder(), 'cameras.yaml');
    const [gate, yard, hall] = [{ source: LIVE }, { source: LIVE }, { source: LIVE }];
    save(file, text({ gate, yard, hall }));
    const program = start(['run', file, '--json', '--log-level', 'info']);
    await Promise.all(['gate', 'yard', 'hall'].map((name) => atLeast(name, 10)));
    // Another order of keys is not a change.
    save(file, text({ hall: { maxPixels: 64_000_000, ...hall }, yard: { ...yard, steps: { encodeH265: { crf: 30 } } }, gate, door: { source: LIVE } }));
    await program.said(/"added":1,"changed":2,"removed":0.*"configuration in effect"/);
    await Promise.all([atLeast('yard', 10, 2), atLeast('door', 10)]);
    save(file, text({ gate, yard, hall, door: { source: LIVE, nise: 5 } }).replace('"yard"', '"yrad"'));
    await program.said(/cameras\.yaml:1:\d+: cameras\.door\.nise: unknown key \\"nise\\", did you mean \\"nice\\"\?/);
    await program.said(/"problems":1,.*the file was not applied; the cameras continue as before/);
    const before = (await orders('gate')).flat().length;
    await atLeast('gate', before + 10);
    save(file, text({ gate }));
    await program.said(/"removed":3/);
    program.kill('SIGTERM');
    const ended = await program.ended;
    expect(ended.exitCode).toBe(0);
    const [gateRuns, yardRuns] = await Promise.all([orders('gate'), orders('yard')]);
    expect(yardRuns).toHaveLength(2);
    expect(gateRuns).toHaveLength(1);
    const numbers = Array.from({ length: gateRuns[0]?.length ?? 0 }, (_, index) => index + 1);
    expect(gateRuns[0]?.map(({ order }) => order)).toEqual(numbers);
    expect(gateRuns[0]?.map(({ seq }) => seq)).toEqual(numbers);
    const { cameras } = countsOf(ended);
    expect(Object.keys(cameras ?? {}).sort()).toEqual(['door', 'gate', 'hall', 'yard']);
    expect(cameras?.['gate']).toMatchObject({ published: numbers.length, reconnects: 0 });
    await noFfmpegLeft();
    end();
  });

  it('follows a link of its folder, as Kubernetes turns it, and the file of a secret', async () => {
    const { url, text, atLeast, end } = await setUp();
    const at = folder();
    const version = (name: string, content: string, secret: string) => {
      mkdirSync(join(at, name));
      writeFileSync(join(at, name, 'cameras.json'), content);
      writeFileSync(join(at, name, 'location'), secret);
      symlinkSync(name, join(at, '..tmp'));
      renameSync(join(at, '..tmp'), join(at, '..data'));
    };
    const gate = { source: LIVE, steps: { toMessage: { location: '${file:location}' } } };
    version('..1', text({ gate }), 'north-side');
    for (const name of ['cameras.json', 'location']) symlinkSync(join('..data', name), join(at, name));
    const program = start(['run', join(at, 'cameras.json'), '--json', '--log-level', 'info']);
    await atLeast('gate', 3);
    version('..2', text({ gate }), 'south-side');
    await program.said(/"changed":1/);
    await atLeast('gate', 3, 2);
    // The other broker's address is the same database under another name: a change of the broker moves its cameras.
    version('..3', text({ gate }, url.replace('localhost', '127.0.0.1').concat('/0')), 'south-side');
    await program.said(/"changed":1.*configuration in effect.*$/);
    await atLeast('gate', 3, 3);
    program.kill('SIGINT');
    const { exitCode, stderr } = await program.ended;
    expect(exitCode).toBe(0);
    expect(stderr).not.toMatch(/(north|south)-side/);
    end();
  });

  it('reads the file again by SIGHUP, and with --no-watch only then', async () => {
    const { text, atLeast, end } = await setUp();
    const file = join(folder(), 'cameras.json');
    save(file, text({ gate: { source: LIVE } }));
    const program = start(['run', file, '--json', '--no-watch', '--log-level', 'info']);
    await atLeast('gate', 3);
    save(file, text({ gate: { source: LIVE }, yard: { source: LIVE } }));
    program.kill('SIGHUP');
    await program.said(/the file is read again/);
    await program.said(/"added":1,"changed":0/);
    await atLeast('yard', 3);
    program.kill('SIGINT');
    expect((await program.ended).exitCode).toBe(0);
    end();
  });

  it('says what is wrong at its line, without secrets, and starts nothing', async () => {
    const file = join(folder(), 'cameras.yaml');
    writeFileSync(file, 'brokers: { main: "redis://:hunter2@127.0.0.1:1" }\ncameras:\n  gate:\n    source: rtsp://u:hunter2@127.0.0.1/a\n    pipeline:\n      - resize: { widht: 640 }\n      - publish: { topic: a }\n');
    const expected = [
      `${file}:6:19: cameras.gate.pipeline[0].resize.widht: unknown key "widht", did you mean "width"? allowed: width, height, fit, enlarge, squarePixels, algorithm`,
      `${file}:7:9: cameras.gate.pipeline[1].publish: publish takes messages, and gets pictures; expected toMessage before it: pictures are thinned and resized, then encoded, then put into messages, then published`,
    ];
    const ran = await run(['run', file]);
    expect([ran.exitCode, ran.stdout, ran.stderr.split('\n')]).toEqual([2, '', expected.map((line) => `rxcam: ${line}`)]);
    const checked = await run(['check', file]);
    expect([checked.exitCode, checked.stdout, checked.stderr.split('\n')]).toEqual([2, '', expected]);
    const json = await run(['check', file, '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ valid: false, problems: [{ line: 6, column: 19, path: 'cameras.gate.pipeline[0].resize.widht' }, { line: 7 }] });
    expect([ran, checked, json].map(({ stdout, stderr }) => stdout + stderr).join('')).not.toContain('hunter2');
    expect((await run(['check', join(folder(), 'none.yaml')])).stderr).toMatch(/none\.yaml: the file can't be read: there is no such file \(ENOENT\)$/);
  });

  it('checks three hundred cameras, and uses colours only if asked to', async () => {
    const file = join(folder(), 'cameras.json');
    const cameras = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`c${index}`, { source: `rtsp://127.0.0.1:${index + 1_000}/a` }]));
    writeFileSync(file, JSON.stringify({ brokers: { main: `redis://127.0.0.1:${await freePort()}` }, defaults: { pipeline: ['encodeH265', 'toMessage', { publish: { topic: 'a' } }] }, cameras }));
    expect(await run(['check', file])).toEqual({ exitCode: 0, stdout: `✓ ${file}: 300 cameras, 1 broker`, stderr: '' });
    expect((await run(['check', file], { env: { FORCE_COLOR: '1' } })).stdout).toMatch(/^\u001b\[32m✓\u001b\[39m /);
    expect((await run(['check', file, '--color', 'always'], { env: { NO_COLOR: '1' } })).stdout).toMatch(/^\u001b/);
  });
});
