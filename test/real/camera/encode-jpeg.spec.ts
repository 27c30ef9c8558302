/** encodeJpeg on real ffmpeg: each value is one whole JFIF picture, with the source's colours, on every way to it. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lastValueFrom, map, toArray } from 'rxjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type EncodedFrame, camera, encodeJpeg, memory, publish, resize, skipRate, toMessage } from '../../../src/index.js';
import { footage, ledgerBalances, run, ssim, threeQuestions } from '../../services/index.js';
import { BUILDS } from '../ffmpeg/builds.js';
import { readJpeg } from '../ffmpeg/jpeg.js';

const folder = mkdtempSync(path.join(tmpdir(), 'rxcam-jpeg-'));
const before = process.env['FFMPEG_PATH'];
afterEach(() => {
  if (before === undefined) delete process.env['FFMPEG_PATH'];
  else process.env['FFMPEG_PATH'] = before;
});

let clip = '';
beforeAll(async () => {
  clip = await footage();
  return () => { rmSync(folder, { recursive: true, force: true }); };
});

const joined = (units: readonly EncodedFrame[]) => Buffer.concat(units.map(({ data }) => data));

describe.each(BUILDS)('encodeJpeg with the ffmpeg of $name', ({ path: binary }) => {
  it('makes one whole JFIF picture of every frame that is kept, fused in one process', async () => {
    process.env['FFMPEG_PATH'] = binary;
    const gate = camera(clip, { key: 'gate' });
    gate.events$.subscribe(() => { ledgerBalances(gate.stats); });
    const units = await lastValueFrom(gate.pipe(skipRate(2), resize({ width: 320 }), encodeJpeg(), toArray()));
    expect(units).toHaveLength(25);
    for (const [index, unit] of units.entries()) {
      expect(unit).toMatchObject({
        seq: 2 * index + 1, codec: 'jpeg', mode: 'frame', keyframe: true, frames: 1, quality: 80, encoder: 'mjpeg', width: 320, height: 180,
      });
      expect(unit).not.toHaveProperty('crf');
      expect(readJpeg(unit.data)).toEqual({ jfif: '1.02', width: 320, height: 180, sampling: '2x2 1x1 1x1', comments: [] });
    }
    const { min, frames } = await ssim(clip, joined(units), { filterA: 'select=not(mod(n\\,2)),scale=320:180:flags=bilinear' });
    expect(frames).toHaveLength(25);
    expect(min).toBeGreaterThan(0.95);
    expect(gate.stats).toMatchObject({ captured: 50, skipped: 25, delivered: 25, inFlight: 0, droppedTotal: 0, codec: 'jpeg', encoder: { name: 'mjpeg', hardware: false } });
    await threeQuestions({ stats: gate.stats });
  });

  it('makes the same pictures of frames out of user code', async () => {
    process.env['FFMPEG_PATH'] = binary;
    const fused = await lastValueFrom(camera(clip).pipe(skipRate({ fps: 10 }), resize({ width: 320 }), encodeJpeg({ quality: 60 }), toArray()));
    const gate = camera(clip);
    const unfused = await lastValueFrom(gate.pipe(map((frame) => frame), skipRate({ fps: 10 }), resize({ width: 320 }), encodeJpeg({ quality: 60 }), toArray()));
    expect(unfused.map(facts)).toEqual(fused.map(facts));
    expect(gate.stats).toMatchObject({ captured: 50, skipped: 30, delivered: 20, inFlight: 0, duplicates: 0 });
    await threeQuestions({ stats: gate.stats });
  });

  it.each([
    ['bt709', 'in_color_matrix=bt709'],
    ['smpte170m', 'in_color_matrix=bt601'],
  ])('gives the colours of a source in %s, for a reader that knows JFIF alone', async (matrix, reading) => {
    const source = await colourful(matrix);
    process.env['FFMPEG_PATH'] = binary;
    const [unit] = await lastValueFrom(camera(source).pipe(encodeJpeg({ quality: 100 }), toArray()));
    const wanted = await pixels(source, `scale=${reading}`);
    const found = await pixels((unit as EncodedFrame).data, 'null');
    expect(found).toHaveLength(wanted.length);
    // A patch of each colour; the other matrix would be up to 40 of 255 away, the other range 16.
    for (const at of PATCHES) {
      for (const channel of [0, 1, 2]) expect(Math.abs((found[3 * at + channel] ?? 0) - (wanted[3 * at + channel] ?? 0))).toBeLessThan(8);
    }
  });
});

it('makes more bytes of a higher quality, and pictures that are more alike, over the whole scale', async () => {
  const found = [];
  for (const quality of [1, 15, 25, 50, 75, 80, 90, 95, 100]) {
    const units = await lastValueFrom(camera(clip).pipe(skipRate(10), encodeJpeg({ quality }), toArray()));
    const { mean } = await ssim(clip, joined(units), { filterA: 'select=not(mod(n\\,10))' });
    found.push({ quality, bytes: Math.round(joined(units).length / units.length), mean });
  }
  for (const [index, { bytes, mean }] of found.entries()) {
    const last = found[index - 1];
    if (last !== undefined && found[index]?.quality !== 100) expect([bytes > last.bytes, mean > last.mean]).toEqual([true, true]);
  }
  expect(found.find(({ quality }) => quality === 80)?.mean).toBeGreaterThan(0.95);
});

it('names the content type and the quality in each message', async () => {
  const broker = memory();
  const gate = camera(clip, { key: 'gate' });
  await lastValueFrom(gate.pipe(skipRate(10), encodeJpeg({ quality: 70 }), toMessage(), publish(broker, { topic: 'pictures' }), toArray()));
  const found = broker.read('pictures');
  expect(found).toHaveLength(5);
  for (const { headers, value } of found) {
    expect(headers).toMatchObject({
      'content-type': 'image/jpeg', ce_codec: 'jpeg', ce_mode: 'frame', ce_keyframe: 'true', ce_quality: '70',
      ce_sha256: createHash('sha256').update(value).digest('hex'),
    });
    expect(headers).not.toHaveProperty('ce_crf');
    readJpeg(value);
  }
  await broker.close();
  await threeQuestions({ stats: gate.stats });
});

function facts({ seq, pts, width, height, data, quality }: EncodedFrame) {
  return { seq, pts, width, height, quality, sha256: createHash('sha256').update(data).digest('hex') };
}

/** Eight patches of 80x80 in two rows. */
const PATCHES = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => (40 + 80 * Math.floor(n / 4)) * 320 + 40 + 80 * (n % 4));
const COLOURS = ['red', 'green', 'blue', 'white', 'black', 'yellow', 'gray', 'orange'];

/** A still of patches in 4:2:0 of a matrix, and said to be so. */
async function colourful(matrix: string): Promise<string> {
  const file = path.join(folder, `${matrix}.mp4`);
  const boxes = COLOURS.map((colour, n) => `drawbox=x=${80 * (n % 4)}:y=${80 * Math.floor(n / 4)}:w=80:h=80:c=${colour}:t=fill`);
  await run('ffmpeg', [
    '-v', 'error', '-y', '-f', 'lavfi', '-i', 'color=s=320x160:r=5:d=0.2', '-vf',
    ['format=rgb24', ...boxes, `scale=out_color_matrix=${matrix === 'bt709' ? 'bt709' : 'bt601'}:out_range=tv`, 'format=yuv420p'].join(','),
    '-colorspace', matrix, '-color_primaries', matrix, '-color_trc', matrix, '-color_range', 'tv', '-c:v', 'libx264', '-crf', '4', file,
  ]);
  return file;
}

/** The first picture as R, G, B. */
async function pixels(media: string | Buffer, filter: string): Promise<Buffer> {
  const input = typeof media === 'string' ? ['-i', media] : ['-i', 'pipe:0'];
  const args = ['-v', 'error', ...input, '-vf', filter, '-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'];
  return run('ffmpeg', args, typeof media === 'string' ? undefined : media);
}
