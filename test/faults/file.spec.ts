/** Faults while a file is read: ffmpeg dies in the middle, the sink is slow. Every picture comes once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { filter, firstValueFrom, lastValueFrom, map, take, toArray } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { type Camera, camera, deliver, encodeH265, resize, retry, skipRate, skipUnchanged } from '../../src/index.js';
import { SkipChain, type SkipRule, fraction } from '../../src/core/pictures/skip.js';
import { countFrames, footage, processArguments, ssim, threeQuestions } from '../services/index.js';
import { type WatchOptions, type Watched, captures, watch } from './kit.js';

/** Access units that fill the pipes: a reader that is done can not be killed. */
const SIZE = { width: 640, height: 360 } as const;
const KILLS = 3;

let watched: Watched | undefined;
afterEach(async () => {
  const last = watched;
  watched = undefined;
  await last?.end();
});

/** With a broker that takes 10 ms a message, a file of some seconds is not read before a test can do something to its reader. */
const SLOW = { brokerMs: 10, minStartIntervalMs: 100, retry: { initialMs: 20, maxMs: 20 } } as const satisfies WatchOptions;

/** Kills the capture (SIGKILL) again and again while a file is read. */
async function readWithKills(clip: string, options: WatchOptions = {}): Promise<Watched> {
  const one = watch(clip, { ...SLOW, ...options });
  watched = one;
  await one.nth('published', 5);
  for (let kill = 1; kill <= KILLS; kill++) {
    // Not after messages: those of the last attempt are still sent, and a reader that waited for them could be done.
    await one.captures();
    process.kill(one.pid, 'SIGKILL');
    await one.nth('failed', kill);
  }
  await one.whenOver();
  expect(one.codes).toEqual(new Array<string>(KILLS).fill('CAPTURE_CRASHED'));
  return one;
}

const times = (of: Watched) => of.of('captured').map((event) => event.pts);
const risesStrictly = (list: readonly number[]) => list.every((value, index) => index === 0 || value > (list[index - 1] ?? 0));

describe('an ffmpeg that is killed while it reads a file', () => {
  it.each([
    ['mp4, a keyframe every 2 s', { container: 'mp4', gop: 50 }], ['mp4 with B-frames', { container: 'mp4', gop: 25, bframes: 2 }],
    ['mkv', { container: 'mkv', gop: 25 }], ['a transport stream', { container: 'ts', gop: 25 }], ['H.265', { codec: 'h265', gop: 25 }],
  ] as const)('is followed by one that continues after the last picture: %s', async (_what, options) => {
    const clip = await footage({ ...SIZE, seconds: 5, ...options });
    const frames = await countFrames(clip);
    expect(frames).toBe(125);
    const one = await readWithKills(clip);
    expect(one.gate.stats).toMatchObject({ captured: frames, published: frames, droppedTotal: 0, skipped: 0 });
    expect(one.messages.map(({ headers }) => Number(headers['ce_seq']))).toEqual(Array.from({ length: frames }, (_, index) => index + 1));
    expect(risesStrictly(times(one))).toBe(true);
    const video = Buffer.concat(one.messages.map(({ value }) => value));
    expect(await countFrames(video)).toBe(frames);
    expect((await ssim(clip, video)).min).toBeGreaterThan(0.9);
  });

  it('is followed by one that continues near there, where a file is played at its own pace', async () => {
    const clip = await footage({ ...SIZE, seconds: 5, gop: 25, container: 'mp4' });
    watched = watch(clip, { pace: 'realtime', minStartIntervalMs: 100, retry: { initialMs: 20, maxMs: 20 } });
    for (let kill = 1; kill <= KILLS; kill++) {
      await watched.captures(5);
      process.kill(watched.pid, 'SIGKILL');
      await watched.nth('recovered', kill);
    }
    await watched.whenOver();
    expect(watched.gate.stats).toMatchObject({ captured: 125, published: 125, droppedTotal: 0 });
    expect(risesStrictly(times(watched))).toBe(true);
  });

  it('is followed by one that compares again, where what has not changed is left out', async () => {
    const clip = await footage({ ...SIZE, seconds: 10, gop: 25, motion: 'half' });
    const one = await readWithKills(clip, { steps: (gate) => gate.pipe(skipUnchanged({ maxGapMs: 200 }), encodeH265()) });
    const { captured, published, skipped, diff, droppedTotal } = one.gate.stats;
    expect({ captured, droppedTotal, sum: published + skipped }).toEqual({ captured: 250, droppedTotal: 0, sum: 250 });
    expect(diff).toBe(skipped);
    expect(skipped).toBeGreaterThan(50);
    const seqs = one.messages.map(({ headers }) => Number(headers['ce_seq']));
    expect(risesStrictly(seqs)).toBe(true);
    // The moving half, each picture of it.
    expect(seqs.filter((seq) => seq > 126)).toEqual(Array.from({ length: 124 }, (_, index) => 127 + index));
  });

  it('at its end: there may be nothing left to keep, or to read', async () => {
    const clip = await footage({ ...SIZE, seconds: 1, gop: 25 });
    const steps = (gate: Camera) => gate.pipe(skipRate(20), encodeH265());
    watched = watch(clip, { minStartIntervalMs: 100, retry: { initialMs: 20, maxMs: 20 }, steps });
    const one = watched;
    one.gate.events$.subscribe((event) => {
      if (event.type === 'captured' && event.seq === 23) for (const pid of captures()) process.kill(pid, 'SIGKILL');
    });
    await one.whenOver();
    expect(one.completed).toBe(true);
    expect(one.gate.stats).toMatchObject({ captured: 25, published: 2, skipped: 23, droppedTotal: 0 });
  });

  it('loses the pictures in the encoder when no attempt follows', async () => {
    const clip = await footage({ ...SIZE, seconds: 5, gop: 25 });
    watched = watch(clip, { ...SLOW, retry: false });
    await watched.nth('published', 5);
    process.kill(watched.pid, 'SIGKILL');
    await watched.whenOver();
    expect(watched.thrown).toHaveLength(1);
    expect(watched.gate.stats).toMatchObject({ state: 'failed', inFlightBy: { encoder: 0 } });
  });

  it('and encoded what came back from user code: the file continues where it was, without what that encoder held', async () => {
    const clip = await footage({ ...SIZE, seconds: 10, gop: 25 });
    const gate = camera(clip);
    gate.events$.pipe(filter((event) => event.type === 'encoded' && event.seq === 50), take(1)).subscribe(() => {
      const encoder = captures().find((pid) => processArguments(pid).includes('pipe:0'));
      if (encoder !== undefined) process.kill(encoder, 'SIGKILL');
    });
    const types: string[] = [];
    gate.events$.pipe(filter((event) => ['failed', 'stopped'].includes(event.type))).subscribe(({ type }) => { types.push(type); });
    const units = await lastValueFrom(gate.pipe(map((frame) => frame), encodeH265(), retry(20), toArray()));
    const { captured, delivered, dropped, droppedTotal } = gate.stats;
    expect({ captured, delivered, lost: droppedTotal }).toEqual({ captured: 250, delivered: units.length, lost: 250 - units.length });
    expect(dropped['capture-lost']).toBe(droppedTotal);
    expect(droppedTotal).toBeLessThan(20);
    expect(risesStrictly(units.map(({ seq }) => seq))).toBe(true);
    expect(types).toEqual(['failed', 'stopped']);
    await threeQuestions({ stats: gate.stats });
  });

  const every: SkipRule = { every: 3 };
  it.each([['skipRate(3)', 3, every], ['skipRate({ fps: 7 })', { fps: 7 }, fraction(7)]] as const)('keeps the position of %s', async (_name, rate, rule) => {
    const clip = await footage({ ...SIZE, seconds: 5, gop: 25, container: 'mp4' });
    const one = await readWithKills(clip, { steps: (gate) => gate.pipe(skipRate(rate), encodeH265()) });
    const chain = new SkipChain([rule]);
    const kept = one.of('captured').filter(({ pts }) => chain.keep(pts)).map(({ seq }) => seq);
    expect(one.gate.stats).toMatchObject({ captured: 125, skipped: 125 - kept.length, published: kept.length, droppedTotal: 0 });
    expect(one.messages.map(({ headers }) => Number(headers['ce_seq']))).toEqual(kept);
  });
});

describe('a slow sink of a file', () => {
  it('loses nothing: reading is paused, what is held stays small, and memory flat', async () => {
    const clip = await footage({ ...SIZE, seconds: 10, gop: 25 });
    const gate = camera(clip);
    let mostHeld = 0;
    gate.events$.subscribe(() => { mostHeld = Math.max(mostHeld, gate.stats.inFlight); });
    const paused = firstValueFrom(gate.events$.pipe(filter((event) => event.type === 'paused')));
    const before = process.memoryUsage.rss();
    const seqs = await lastValueFrom(gate.pipe(encodeH265(), deliver(async ({ seq }) => {
      if (seq === 1) await paused;
      await sleep(2);
      return seq;
    }, { outbox: { maxMessages: 20 } }), toArray()));
    expect(seqs).toEqual(Array.from({ length: 250 }, (_, index) => index + 1));
    expect(gate.stats).toMatchObject({ captured: 250, delivered: 250, droppedTotal: 0, inFlight: 0 });
    expect(mostHeld).toBeLessThan(150);
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1024 * 1024);
    await threeQuestions({ stats: gate.stats });
  });

  it('that stops for longer than a stall takes: no failure, the clock stops meanwhile', async () => {
    const clip = await footage({ ...SIZE, seconds: 10, gop: 25 });
    const gate = camera(clip, { readWindowMs: 200, maxReadFailures: 5 });
    const paused = firstValueFrom(gate.events$.pipe(filter((event) => event.type === 'paused')));
    const codes: string[] = [];
    gate.events$.subscribe((event) => { if (event.type === 'failed') codes.push(event.error.code); });
    const seqs = await lastValueFrom(gate.pipe(encodeH265(), deliver(async ({ seq }) => {
      if (seq === 50) {
        await paused;
        await sleep(1_500);
      }
      return seq;
    }, { outbox: { maxMessages: 10 } }), retry(100), toArray()));
    expect(seqs).toHaveLength(250);
    expect(codes).toEqual([]);
    await threeQuestions({ stats: gate.stats });
  });

  it('with raw pictures, and steps behind user code: nothing is lost either', async () => {
    const clip = await footage({ ...SIZE, seconds: 5, gop: 25 });
    const gate = camera(clip);
    const seqs = await lastValueFrom(gate.pipe(
      map((frame) => frame), resize({ width: 80 }), encodeH265(),
      deliver(async ({ seq }) => {
        await sleep(5);
        return seq;
      }, { outbox: { maxMessages: 10 } }), toArray(),
    ));
    expect(seqs).toEqual(Array.from({ length: 125 }, (_, index) => index + 1));
    expect(gate.stats).toMatchObject({ captured: 125, delivered: 125, droppedTotal: 0, inFlight: 0 });
    await threeQuestions({ stats: gate.stats });
    expect(captures()).toEqual([]);
  });
});
