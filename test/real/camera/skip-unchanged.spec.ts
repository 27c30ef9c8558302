/** skipUnchanged on footage with a still half and a moving half, with a sensor's noise in both: what is left out, and what a consumer makes of the rest. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Observable, lastValueFrom, map, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectLedger } from '../../../marbles/kit/index.js';
import {
  type Camera, type CameraMessage, type EncodedFrame, type Frame, camera, encodeH265, resize, skipUnchanged, toMessage,
} from '../../../src/index.js';

const HALF = 125;
const ALL = 2 * HALF;
let folder: string;
let clip: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rxcam-unchanged-'));
  clip = join(folder, 'clip.mkv');
  const graph = `testsrc2=s=640x360:r=25:d=${HALF / 25 + 1},loop=${HALF - 1}:1:0,setpts=N/25/TB,noise=alls=6:allf=t,trim=end_frame=${ALL}`;
  execFileSync('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', graph, '-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '12', '-pix_fmt', 'yuv420p', clip]);
});
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

/** CPU time of children that have ended, in ticks of 10 ms. */
function childTicks(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').replace(/^.*\) /, '').split(' ');
  return Number(fields[13]) + Number(fields[14]);
}

async function all<T>(gate: Camera, values$: Observable<T>): Promise<T[]> {
  const ledger = expectLedger(gate);
  const values = await lastValueFrom(values$.pipe(toArray()));
  ledger.verifySettled();
  ledger.unsubscribe();
  return values;
}

const seqs = (values: readonly { seq: number }[]) => values.map(({ seq }) => seq);
const ofHalf = (values: readonly { seq: number }[], still: boolean) => values.filter(({ seq }) => seq <= HALF === still);

describe('skipUnchanged', { timeout: 120_000 }, () => {
  it('encodes every moving picture, and less than a tenth of the still ones', async () => {
    const start = childTicks();
    const every = camera(clip);
    await all(every, every.pipe(encodeH265()));
    const middle = childTicks();
    const gate = camera(clip);
    const kept = await all(gate, gate.pipe(skipUnchanged(), encodeH265()));
    // Half of the pictures are not encoded: that saves more CPU time than the comparison costs.
    expect(childTicks() - middle).toBeLessThan(middle - start);
    expect(ofHalf(kept, false)).toHaveLength(HALF);
    expect(ofHalf(kept, true).length).toBeLessThanOrEqual(HALF / 10);
    expect(gate.stats).toMatchObject({ captured: ALL, delivered: kept.length, diff: ALL - kept.length, skipped: ALL - kept.length });
  });

  it('keeps the same pictures fused and on frames, before and behind resize', async () => {
    const chains: ((frames: Observable<Frame>) => Observable<EncodedFrame>)[] = [
      (frames) => frames.pipe(skipUnchanged({ maxGapMs: 700 }), encodeH265()),
      (frames) => frames.pipe(skipUnchanged({ threshold: 0.06, maxGapMs: 700 }), resize({ width: 320 }), encodeH265()),
      (frames) => frames.pipe(resize({ width: 320 }), skipUnchanged({ maxGapMs: 700 }), encodeH265()),
    ];
    for (const chain of chains) {
      const [one, other] = [camera(clip), camera(clip)];
      const fused = await all(one, chain(one));
      const onFrames = await all(other, chain(other.pipe(map((frame) => frame))));
      expect(seqs(onFrames)).toEqual(seqs(fused));
      expect(onFrames.every(({ data }, index) => data.equals(fused[index]?.data as Buffer))).toBe(true);
    }
  });

  it('keeps a picture at least every maxGapMs', async () => {
    const gate = camera(clip);
    const kept = await all(gate, gate.pipe(skipUnchanged({ maxGapMs: 500 })));
    const gaps = kept.slice(1).map(({ pts }, index) => (pts - (kept[index]?.pts ?? 0)) / 1000);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(540);
  });

  it('sends a message for every picture, from which a consumer has them all', async () => {
    const gate = camera(clip);
    const messages = await all<CameraMessage>(gate, gate.pipe(skipUnchanged(), encodeH265(), toMessage({ unchanged: 'reference' })));
    expect(seqs(messages)).toEqual(Array.from({ length: ALL }, (_, index) => index + 1));
    const full = new Map(messages.flatMap(({ inputOrder, referenceOrder, value }) => (referenceOrder === undefined ? [[inputOrder, value]] : [])));
    const pictures = messages.map(({ inputOrder, referenceOrder }) => full.get(referenceOrder ?? inputOrder) as Buffer);
    const references = messages.filter(({ referenceOrder }) => referenceOrder !== undefined);
    expect(references.every(({ value, headers }) => value.length === 0 && Number(headers['ce_similarity']) > 0.95)).toBe(true);
    expect(gate.stats).toMatchObject({ delivered: ALL, references: references.length, diff: references.length, skipped: 0 });
    expect(gate.stats.bytesSaved).toBeGreaterThan(0);
    writeFileSync(join(folder, 'rebuilt.h265'), Buffer.concat(pictures));
    expect(ssim(join(folder, 'rebuilt.h265'), clip)).toBeGreaterThan(0.8);
  });
});

/** Likeness of two videos, picture by picture, as ffmpeg measures it. */
function ssim(one: string, other: string): number {
  const graph = '[0:v]settb=1/25,setpts=N[a];[1:v]settb=1/25,setpts=N[b];[a][b]ssim=f=-';
  const told = execFileSync('ffmpeg', ['-loglevel', 'error', '-i', one, '-i', other, '-lavfi', graph, '-f', 'null', '-'], { encoding: 'utf8' });
  const values = [...told.matchAll(/All:([\d.]+)/g)].map(([, value]) => Number(value));
  expect(values).toHaveLength(ALL);
  return Math.min(...values);
}
