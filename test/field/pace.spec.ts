/** Files whose time starts again or jumps, read at their own pace: a read takes as long as their pictures, decoded and copied. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { type Camera, encodeH265, passthrough } from '../../src/index.js';
import { type Watched, watch } from '../faults/kit.js';
import { joinedFlv, part } from '../faults/streams.js';
import { countFrames, fieldInput, needs, temporaryFolder } from '../services/index.js';

const folder = temporaryFolder('pace');
let watched: Watched | undefined;
afterEach(async () => {
  const last = watched;
  watched = undefined;
  await last?.end();
});
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

const WAYS = [
  ['decoded', (gate: Camera) => gate.pipe(encodeH265())],
  ['copied', (gate: Camera) => gate.pipe(passthrough())],
] as const;

/** Two seconds of pictures and another one, at 10 fps. */
const FILES: readonly (readonly [string, () => Promise<Buffer>])[] = [
  ['joined.ts', async () => Buffer.concat([await part({ frames: 20 }), await part()])],
  ['ahead.ts', async () => Buffer.concat([await part({ frames: 20 }), await part({ from: 100 })])],
  ['back.ts', async () => Buffer.concat([await part({ frames: 20, from: 100 }), await part()])],
  ['joined.flv', async () => joinedFlv(await part({ container: 'flv', frames: 20 }), await part({ container: 'flv' }))],
  ['gap.mkv', () => part({ container: 'matroska', times: 'if(gte(N,20),TS+7200000,TS)', frames: 30 })],
  ['whole.ts', () => part({ frames: 30 })],
];

/**
 * How early a picture comes (below 0; ms), by those before it, from `from` to `to`. A busy machine makes some of them late, which looks as if
 * the picture were early: the one that was least late counts.
 */
function earliest(at: readonly number[], from: number, to: number, picture: number, frameMs: number): number {
  return Math.max(...at.slice(from, to + 1).map((one, index) => (at[picture] ?? NaN) - one - (picture - from - index) * frameMs));
}

needs('ffmpeg')('a file at its own pace', () => {
  it.each(FILES.flatMap(([name, make]) => WAYS.map(([way, steps]) => [name, way, make, steps] as const)))('%s, %s: three seconds of pictures take three seconds at least, without a wait for missing time', async (name, way, make, steps) => {
    const path = join(folder, `${way}-${name}`);
    writeFileSync(path, await make());
    watched = watch(path, { pace: 'realtime', steps, readWindowMs: 2_000 });
    await watched.whenOver();
    expect(watched.codes).toEqual([]);
    expect(watched.gate.stats).toMatchObject({ captured: 30, published: 30, droppedTotal: 0 });
    const at = watched.of('captured').map((event) => event.at);
    const gaps = at.slice(1).map((one, index) => one - (at[index] ?? 0));
    expect(earliest(at, 0, 9, 19, 100)).toBeGreaterThan(-500);
    expect(earliest(at, 10, 19, 29, 100)).toBeGreaterThan(-500);
    expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeLessThan(15_000);
    expect(Math.max(...gaps)).toBeLessThan(10_000);
    expect(await countFrames(Buffer.concat(watched.messages.map(({ value }) => value)))).toBe(30);
  });

  it('there is no wait for hidden pictures of a file', async () => {
    watched = watch(await fieldInput('cut14.mp4'), { pace: 'realtime', steps: WAYS[1][1] });
    await watched.nth('captured', 375);
    const at = watched.of('captured').map((event) => event.at);
    expect((at[350] ?? 0) - (at[0] ?? 0)).toBeLessThan(10_000);
    expect(earliest(at, 330, 350, 374, 40)).toBeGreaterThan(-160);
    watched.unsubscribe();
  });
});
