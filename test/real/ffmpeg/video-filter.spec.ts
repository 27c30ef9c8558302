/** videoFilter with each ffmpeg: its pixels, what ffmpeg refuses, sizes that do not agree, and filters that keep no promise. */
import { type Observable, lastValueFrom, map, toArray } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { withStepOn } from '../../../src/camera/index.js';
import {
  type Camera, type CameraEvent, type EncodedFrame, type Frame, type PictureSize, camera, encodeH265, resize, retry, skipUnchanged, videoFilter,
} from '../../../src/index.js';
import { decodeToRaw, footage, needs, threeQuestions } from '../../services/index.js';
import { examplesOf } from '../../unit/doc-examples.js';
import { BUILDS } from './builds.js';

const before = process.env['FFMPEG_PATH'];
afterEach(() => {
  if (before === undefined) delete process.env['FFMPEG_PATH'];
  else process.env['FFMPEG_PATH'] = before;
});

const SIZE = { width: 320, height: 180 };
const short = () => footage({ ...SIZE, seconds: 1, fps: 10, gop: 10 });
const PICTURES = 10;
const outOfCode = map((frame: Frame) => frame);
const WAYS = [['in the camera\'s process', (gate: Camera): Observable<Frame> => gate], ['on frames out of user code', (gate: Camera) => gate.pipe(outOfCode)]] as const;

/** A filter that no check refuses, as one of a later ffmpeg: it keeps no promise. */
const unchecked = (source$: Observable<Frame>, filter: string, size?: (size: PictureSize) => PictureSize) => withStepOn<Frame>(source$, { kind: 'videoFilter', filter, size });

async function all<T>(values$: Observable<T>): Promise<T[]> {
  return lastValueFrom(values$.pipe(toArray()));
}

/** The luma of a picture, as rows. */
function rowsOf(data: Buffer): Buffer[] {
  return Array.from({ length: SIZE.height }, (_, row) => data.subarray(row * SIZE.width, (row + 1) * SIZE.width));
}

const mirrored = (data: Buffer) => Buffer.concat(rowsOf(data).map((row) => Buffer.from(row).reverse()));

/** Mean difference of the luma. */
function difference(a: Buffer, b: Buffer): number {
  const [one, other] = [a, b].map((data) => data.subarray(0, SIZE.width * SIZE.height)) as [Buffer, Buffer];
  return one.reduce((sum, level, index) => sum + Math.abs(level - (other[index] ?? 0)), 0) / one.length;
}

needs('ffmpeg').each(BUILDS)('with the ffmpeg of $name', ({ path }) => {
  it.each(WAYS)('returns the pixels of the filter, %s: the left half is what the right one was', async (_, way) => {
    process.env['FFMPEG_PATH'] = path;
    const input = await short();
    const [plain, flipped] = await Promise.all([all(camera(input)), all(way(camera(input)).pipe(videoFilter({ filter: 'hflip' })))]);
    expect(flipped).toHaveLength(PICTURES);
    for (const [index, { data, pts }] of flipped.entries()) {
      expect(pts).toBe(plain[index]?.pts);
      expect(difference(data, mirrored((plain[index] as Frame).data))).toBe(0);
    }
    const gate = camera(input);
    const units = await all(way(gate).pipe(videoFilter({ filter: 'hflip' }), encodeH265({ crf: 18 })));
    const decoded = await decodeToRaw(Buffer.concat(units.map(({ data }) => data)));
    expect(difference(decoded, mirrored((plain[0] as Frame).data))).toBeLessThan(3);
    expect(difference(decoded, (plain[0] as Frame).data)).toBeGreaterThan(10);
    await threeQuestions({ stats: gate.stats });
  });

  it.each([
    ['nosuch', "No such filter: 'nosuch'"], ['hflip=x=1', "Option 'x' not found"], ['transpose=dir=77', 'out of range'], ['crop=9999:9999', 'Invalid too big or non positive size'],
    ['lut3d=file=/nonexistent', '/nonexistent: No such file or directory'], ['volume=2', 'Media type mismatch'], ['hwupload', 'hardware device reference'], ['scale_vaapi', 'Impossible to convert'],
    ['format=nosuch', "Invalid pixel format 'nosuch'"], ['format=gray,colorspace=all=bt709', ''], ['frei0r=nosuch', 'nosuch'], ['hwupload_cuda', 'hwupload_cuda'],
  ])('ends with one error if ffmpeg does not accept %s, also with retry', async (filter, why) => {
    process.env['FFMPEG_PATH'] = path;
    for (const [, way] of filter.length > 10 ? WAYS.slice(0, 1) : WAYS) {
      const gate = camera(await short());
      const failed: CameraEvent[] = [];
      gate.events$.subscribe((event) => { if (event.type === 'failed') failed.push(event); });
      await expect(lastValueFrom(way(gate).pipe(videoFilter({ filter }), retry({ initialMs: 0 })))).rejects.toMatchObject({
        code: 'INVALID_OPTION', message: expect.stringContaining(`videoFilter: option 'filter': ${JSON.stringify(filter)} given, which ffmpeg does not accept: `) as string,
      });
      expect(failed).toEqual([expect.objectContaining({ error: expect.objectContaining({ message: expect.stringContaining(why) as string }) as Error })]);
      await threeQuestions({ stats: gate.stats });
    }
  });

  it('ends with one error if the size is not that of ffmpeg\'s pictures', async () => {
    process.env['FFMPEG_PATH'] = path;
    const turned = ({ width, height }: PictureSize) => ({ width: height, height: width });
    for (const [steps, found, expected] of [
      [(frames$) => frames$.pipe(videoFilter({ filter: 'transpose=1' })), '180x320', '320x180'],
      [(frames$) => frames$.pipe(videoFilter({ filter: 'hflip', size: () => ({ width: 100, height: 100 }) })), '320x180', '100x100'],
      [(frames$) => frames$.pipe(videoFilter({ filter: 'hflip', size: turned }), encodeH265()), '320x180', '180x320'],
      [(frames$) => frames$.pipe(videoFilter({ filter: 'transpose=1' }), resize({ width: 160 })), '160x284', '160x90'],
    ] as readonly [(frames$: Observable<Frame>) => Observable<Frame | EncodedFrame>, string, string][]) {
      for (const [, way] of WAYS) {
        const gate = camera(await short());
        await expect(lastValueFrom(steps(way(gate)).pipe(retry({ initialMs: 0 })))).rejects.toMatchObject({
          code: 'INVALID_OPTION', message: expect.stringContaining(`given, after which ffmpeg's pictures are ${found}, and ${expected} was expected; expected option 'size' to return`) as string,
        });
        await threeQuestions({ stats: gate.stats });
      }
    }
  });

  it('counts pictures that a filter leaves out as dropped, and warns once', async () => {
    process.env['FFMPEG_PATH'] = path;
    const ways = WAYS.map(([, way]) => way);
    for (const [way, filter, kept] of [
      ...ways.map((one) => [one, String.raw`select=mod(n\,2)`, 5] as const), ...ways.map((one) => [one, String.raw`select=lt(n\,3)`, 3] as const),
      [(gate: Camera) => gate, 'shuffleframes=0 -1', 5] as const,
    ]) {
      const gate = camera(await short());
      const warnings: string[] = [];
      gate.events$.subscribe((event) => { if (event.type === 'warning') warnings.push(event.message); });
      expect(await all(unchecked(way(gate), filter).pipe(encodeH265()))).toHaveLength(kept);
      expect(gate.stats).toMatchObject({ captured: PICTURES, inFlight: 0, dropped: { filter: PICTURES - kept, 'capture-lost': 0 } });
      // Those after the last one that was returned are known at the end alone.
      expect(warnings).toEqual(kept === 3 ? [] : [expect.stringContaining('has left out a picture; expected each picture once') as string]);
      await threeQuestions({ stats: gate.stats });
    }
  });

  it('holds a bounded number of pictures for a filter that returns none', async () => {
    process.env['FFMPEG_PATH'] = path;
    for (const [, way] of WAYS) {
      const gate = camera(await footage({ width: 64, height: 48, seconds: 20 }));
      let most = 0;
      gate.events$.subscribe((event) => { if (event.type === 'captured') most = Math.max(most, gate.stats.inFlight); });
      expect(await all(unchecked(way(gate), 'select=0'))).toEqual([]);
      expect(most).toBeGreaterThan(100);
      expect(most).toBeLessThanOrEqual(250);
      expect(gate.stats).toMatchObject({ captured: 500, dropped: { filter: 500 } });
      await threeQuestions({ stats: gate.stats });
    }
  });

  it.each([['setpts=PTS+7', 'after which ffmpeg returned a picture at'], ['setpts=PTS*1.5', 'after which ffmpeg returned a picture at'], ['setpts=PTS+1e8', 'after which ffmpeg returned a picture at'], ['loop=loop=1:size=2', 'after which ffmpeg returned ']])('ends with one error if %s returns pictures at other times', async (filter, message) => {
    process.env['FFMPEG_PATH'] = path;
    const gate = camera(await (filter.endsWith('1e8') ? footage({ width: 64, height: 48, seconds: 20 }) : short()));
    await expect(lastValueFrom(unchecked(gate, filter).pipe(retry({ initialMs: 0 })))).rejects.toMatchObject({ code: 'INVALID_OPTION', message: expect.stringContaining(message) as string });
    await threeQuestions({ stats: gate.stats });
  });
});

describe('videoFilter', () => {
  it('makes an operator, as docs/reference/own-step.md shows, also for pixels that are not square', async () => {
    const { upright } = await import(examplesOf('reference/own-step.md')['upright.ts'] ?? '') as { upright: () => (frames$: Observable<Frame>) => Observable<Frame> };
    const gate = camera(await short());
    const wide = gate.pipe(videoFilter({ filter: 'setsar=16/11', size: (size) => ({ ...size, sampleAspectRatio: '16:11' }) }));
    const [first] = await all(wide.pipe(upright(), resize({ width: 180, height: 180 })));
    expect(first).toMatchObject({ width: 70, height: 180 });
    await threeQuestions({ stats: gate.stats });
  });

  it('continues if the camera changes its resolution, and loses no picture', async () => {
    const gate = camera(await footage({ switchResolution: { width: 320, height: 180 }, gop: 25, seconds: 4 }));
    const units = await all(gate.pipe(videoFilter({ filter: 'transpose=1,yadif', size: ({ width, height }) => ({ width: height, height: width }) }), skipUnchanged(), encodeH265()));
    expect(new Set(units.map(({ width, height }) => `${width}x${height}`))).toEqual(new Set(['360x640']));
    expect(gate.stats).toMatchObject({ captured: 100, skipped: 100 - units.length });
    await threeQuestions({ stats: gate.stats });
  });

  it('encodes where reuse is allowed', async () => {
    const gate = camera(await footage({ codec: 'h265' }));
    const reasons: string[] = [];
    gate.events$.subscribe((event) => { if (event.type === 'encoder') reasons.push(event.reason); });
    expect(await all(gate.pipe(videoFilter({ filter: 'hflip' }), encodeH265({ mode: 'stream', reuse: true })))).toHaveLength(50);
    expect(reasons).toEqual([expect.stringMatching(/not reused: videoFilter changes pictures, which requires decoding$/) as string]);
    await threeQuestions({ stats: gate.stats });
  });
});
