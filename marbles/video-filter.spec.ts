import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { encodeH265 } from '../operators/encode-h265.js';
import { resize } from '../operators/resize.js';
import { skipUnchanged } from '../operators/skip-unchanged.js';
import { type VideoFilterConfig, videoFilter } from '../operators/video-filter.js';
import { planOf } from '../src/camera/capture.js';
import { InvalidOption } from '../src/core/errors/errors.js';
import { expectParts, fakeCamera, marbles } from './kit/index.js';
import { itChangesSizes, threePictures } from './sized.js';
import { sizes } from './values.js';

const upright = () => videoFilter({ filter: 'transpose=1', size: ({ width, height }) => ({ width: height, height: width }) });

describe('videoFilter', () => {
  itChangesSizes(upright(), '1080x1920', upright());

  it('keeps the size without a function, and the order of steps', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const gate = () => threePictures(expectSubscriptions);
      expectObservable(gate().pipe(videoFilter({ filter: 'hflip' }), sizes)).toBe('      -a-a-a|', { a: '1920x1080' });
      expectObservable(gate().pipe(upright(), resize({ width: 540 }), sizes)).toBe('       -a-a-a|', { a: '540x960' });
      expectObservable(gate().pipe(resize({ width: 480 }), upright(), sizes)).toBe('       -a-a-a|', { a: '270x480' });
      expectObservable(gate().pipe(upright(), skipUnchanged(), sizes)).toBe('             -a---a|', { a: '1080x1920' });
      expectObservable(gate().pipe(skipUnchanged(), upright(), sizes)).toBe('             -a---a|', { a: '1080x1920' });
    });
  });

  it('makes odd sides even, before it and after it', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const source = '  f|';
      const subs = '    ^!';
      const expected = 'a|';
      const gate = fakeCamera(source, { live: false, size: { width: 641, height: 361 } });
      const given: unknown[] = [];
      const size: VideoFilterConfig['size'] = (before) => { given.push(before); return { width: before.width - 1, height: 99 }; };
      expectObservable(gate.pipe(videoFilter({ filter: 'crop=iw-1:99', size }), sizes)).toBe(expected, { a: '638x98' });
      expectSubscriptions(gate.subscriptions).toBe(subs);
      expect(given).toEqual([]);
    });
  });

  it.each([
    ['throws', () => { throw new Error('no idea'); }, 'which threw for pictures of 640x360: Error: no idea'],
    ['returns nonsense', () => ({ width: 0, height: 1.5 }), 'which returned {"width":0,"height":1.5} for pictures of 640x360; expected { width, height } of 2 to 16384 whole pixels, and sampleAspectRatio, such as \'16:11\', if it changes'],
  ])('fails once if the size %s, as soon as it is needed', (_, size, why) => {
    marbles(({ expectSubscriptions }) => {
      const source = '   -f-f-f|';
      const subs = '     ^!     ';
      const expected = ' -#';
      const fused = fakeCamera(source, { live: false, size: { width: 640, height: 360 } });
      const split = fakeCamera(source, { live: false, size: { width: 640, height: 360 } });
      const error = { code: 'INVALID_OPTION', message: `videoFilter: option 'size': a function given for "hflip", ${why}` };
      expectParts(fused.pipe(videoFilter({ filter: 'hflip', size })), expected, {}, { error });
      expectParts(split.pipe(map((picture) => picture), videoFilter({ filter: 'hflip', size })), expected, {}, { error });
      expectSubscriptions(fused.subscriptions).toBe(subs);
      expectSubscriptions(split.subscriptions).toBe(subs);
    });
  });

  it('extends a plan', () => {
    const gate = fakeCamera();
    expect(planOf(gate.pipe(videoFilter({ filter: 'hflip' })))?.steps).toEqual([{ kind: 'videoFilter', filter: 'hflip' }]);
    expect(planOf(gate.pipe(upright(), encodeH265({ mode: 'frame' })))?.steps[0]).toMatchObject({ filter: 'transpose=1' });
  });

  it('takes only chains of filters that keep every picture', () => {
    const wrong: unknown[] = [
      undefined, null, 'hflip', {}, { filter: '' }, { filter: 5 }, { filter: 'hflip', size: { width: 5, height: 5 } }, { filter: 'hflip', length: 1 },
      { filter: '[a]hflip[b]' }, { filter: 'hflip;vflip' }, { filter: "hflip'" }, { filter: 'fps=5' }, { filter: 'hflip,split' },
    ];
    for (const config of wrong) expect(() => videoFilter(config as VideoFilterConfig)).toThrow(InvalidOption);
    expect(() => videoFilter({ filter: 'hflip;vflip' })).toThrow("videoFilter: option 'filter': \"hflip;vflip\" given, expected one chain of filters, without ';'");
    expect(() => videoFilter({ filter: 'fps=5' })).toThrow('given, expected filters that return each picture once, at its own media time: the filter fps leaves pictures out; skipRate does that');
  });
});
