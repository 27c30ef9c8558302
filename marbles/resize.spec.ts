import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { encodeH265 } from '../operators/encode-h265.js';
import { type ResizeConfig, resize } from '../operators/resize.js';
import { planOf } from '../src/camera/capture.js';
import { InvalidOption } from '../src/core/errors/errors.js';
import { expectLedger, fakeCamera, marbles } from './kit/index.js';
import { FULL_HD, itChangesSizes } from './sized.js';
import { sizes } from './values.js';

describe('resize', () => {
  itChangesSizes(resize({ width: 640 }), '640x360', resize({ width: 32 }));

  it('is one child together with the steps that follow', () => {
    marbles(({ expectObservable, expectSubscriptions, flush }) => {
      const source = '   -f-f-f|';
      const expected = ' -a-a-a|';
      const gate = fakeCamera(source, { live: false, size: FULL_HD });
      const coded$ = gate.pipe(map((picture) => picture), resize({ width: 640 }), resize({ height: 90 }), encodeH265({ mode: 'frame' }));
      expectObservable(coded$.pipe(sizes)).toBe(expected, { a: '160x90' });
      expectSubscriptions(gate.subscriptions).toBe('^-----!');
      flush();
      expect(gate.processes.peak).toBe(2);
    });
  });

  it('starts a new child when the size of the frames changes, and keeps their order', () => {
    marbles(({ expectObservable, expectSubscriptions, flush }) => {
      const source = '   ffzff|';
      const expected = ' ab-cd|';
      const gate = fakeCamera(source, { live: false, size: FULL_HD, values: { z: { type: 'changed', width: 640, height: 480 } } });
      expectLedger(gate);
      expectObservable(gate.pipe(map((picture) => picture), resize({ height: 240 }), map(({ seq, width, height }) => `${seq} ${width}x${height}`)))
        .toBe(expected, { a: '1 426x240', b: '2 426x240', c: '3 320x240', d: '4 320x240' });
      expectSubscriptions(gate.subscriptions).toBe('^----!');
      flush();
      expect(gate.processes).toEqual({ running: 0, peak: 2 });
    });
  });

  it('extends a plan', () => {
    const gate = fakeCamera();
    expect(planOf(gate.pipe(resize({ width: 640 })))?.steps).toEqual([{ kind: 'resize', width: 640, fit: 'inside', enlarge: false, algorithm: 'bilinear', squarePixels: true }]);
    expect(planOf(gate.pipe(resize({ width: 640 }), encodeH265({ mode: 'frame' })))?.steps).toHaveLength(2);
  });

  it('refuses a size that makes no sense', () => {
    const wrong: unknown[] = [undefined, null, 640, {}, { width: 0 }, { width: 15 }, { height: 16_385 }, { width: 64.5 }, { width: '640' }, { width: 640, fit: 'stretch' }, { width: 640, algorithm: 'fast_bilinear' }, { widht: 640 }];
    for (const config of wrong) expect(() => resize(config as ResizeConfig)).toThrow(InvalidOption);
    expect(() => resize({})).toThrow('resize: {} given, expected width, height or both');
    expect(() => resize({ width: 640, fit: 'stretch' as never })).toThrow("resize: option 'fit': \"stretch\" given");
  });
});
