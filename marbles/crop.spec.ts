import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type CropConfig, crop } from '../operators/crop.js';
import { encodeH265 } from '../operators/encode-h265.js';
import { resize } from '../operators/resize.js';
import { skipUnchanged } from '../operators/skip-unchanged.js';
import { planOf } from '../src/camera/capture.js';
import { InvalidOption } from '../src/core/errors/errors.js';
import { expectParts, fakeCamera, marbles } from './kit/index.js';
import { itChangesSizes, threePictures } from './sized.js';
import { sizes } from './values.js';

const RIGHT_HALF = { left: 0.5, top: 0, width: 0.5, height: 1 };
const CORNER = { left: 0, top: 0, width: 16, height: 16 };

describe('crop', () => {
  itChangesSizes(crop(RIGHT_HALF), '960x1080', crop(CORNER));

  it('cuts before or behind a resize, and before a comparison', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const gate = () => threePictures(expectSubscriptions);
      expectObservable(gate().pipe(crop(RIGHT_HALF), resize({ width: 480 }), sizes)).toBe('-a-a-a|', { a: '480x540' });
      expectObservable(gate().pipe(resize({ width: 480 }), crop(RIGHT_HALF), sizes)).toBe('-a-a-a|', { a: '240x270' });
      expectObservable(gate().pipe(crop(RIGHT_HALF), skipUnchanged(), sizes)).toBe('      -a---a|', { a: '960x1080' });
    });
  });

  it.each([
    ['the whole picture', { left: 0, top: 0, width: 1, height: 1 }, '640x360'],
    ['shares that give odd pixels', { left: 1 / 3, top: 0, width: 1 / 3, height: 0.5 }, '212x180'],
    ['odd pixels', { left: 1, top: 1, width: 101, height: 99 }, '100x98'],
    ['pixels up to the last', { left: 320, top: 180, width: 320, height: 180 }, '320x180'],
  ])('makes %s even', (_, rectangle, size) => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const source = '  f|';
      const subs = '    ^!';
      const expected = 'a|';
      const gate = fakeCamera(source, { live: false, size: { width: 641, height: 361 } });
      expectObservable(gate.pipe(crop(rectangle), sizes)).toBe(expected, { a: size });
      expectSubscriptions(gate.subscriptions).toBe(subs);
    });
  });

  it.each([
    ['beyond the picture', { left: 600, top: 0, width: 640, height: 360 }, 'crop: {"left":600,"top":0,"width":640,"height":360} given, expected within the pictures, which are 640x360 there'],
    ['too small in it', { left: 0, top: 0, width: 0.01, height: 1 }, 'crop: {"left":0,"top":0,"width":0.01,"height":1} given, which is 6x360 of pictures of 640x360; expected at least 16x16'],
  ])('fails for a rectangle %s, as soon as the size is known', (_, rectangle, message) => {
    marbles(({ expectSubscriptions }) => {
      const source = '   -f-f-f|';
      const subs = '     ^!     ';
      const expected = ' -#';
      const fused = fakeCamera(source, { live: false, size: { width: 640, height: 360 } });
      const split = fakeCamera(source, { live: false, size: { width: 640, height: 360 } });
      expectParts(fused.pipe(crop(rectangle)), expected, {}, { error: { code: 'INVALID_OPTION', message } });
      expectParts(split.pipe(map((picture) => picture), crop(rectangle)), expected, {}, { error: { code: 'INVALID_OPTION', message } });
      expectSubscriptions(fused.subscriptions).toBe(subs);
      expectSubscriptions(split.subscriptions).toBe(subs);
    });
  });

  it('extends a plan', () => {
    const gate = fakeCamera();
    expect(planOf(gate.pipe(crop(RIGHT_HALF)))?.steps).toEqual([{ kind: 'crop', ...RIGHT_HALF, unit: 'shares' }]);
    expect(planOf(gate.pipe(crop({ left: 1, top: 0, width: 16, height: 16 }), encodeH265({ mode: 'frame' })))?.steps[0]).toMatchObject({ unit: 'pixels' });
  });

  it('refuses a rectangle that makes no sense', () => {
    const wrong: unknown[] = [
      undefined, null, 640, '0,0,1,1', {}, { left: 0, top: 0, width: 1 }, { ...CORNER, left: -1 }, { ...CORNER, top: NaN }, { ...CORNER, width: Infinity },
      { ...CORNER, width: '16' }, { ...CORNER, width: 15 }, { ...CORNER, width: 16_385 }, { ...CORNER, height: 0 }, { ...CORNER, left: 0.5 }, { ...CORNER, x: 1 },
      { ...RIGHT_HALF, width: 0.6 }, { ...RIGHT_HALF, height: 0 }, { ...RIGHT_HALF, width: 1.5 }, { ...RIGHT_HALF, left: -0.1 },
    ];
    for (const config of wrong) expect(() => crop(config as CropConfig)).toThrow(InvalidOption);
    expect(() => crop({ ...CORNER, left: 0.5 })).toThrow('crop: {"left":0.5,"top":0,"width":16,"height":16} given, expected four shares from 0 to 1, or whole pixels');
    expect(() => crop({ ...RIGHT_HALF, width: 0.6 })).toThrow('given, expected shares of the picture: left + width and top + height are at most 1');
    expect(() => crop({ ...CORNER, width: 15 })).toThrow('given, expected a width and a height of at least 16 pixels');
    expect(() => crop({ ...CORNER, left: -1 })).toThrow("crop: option 'left': -1 given");
  });
});
