/** Coding units and rates by the limits of H.265's level 4.1. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowsSmallUnits, highestRate } from '../../../src/ffmpeg/command/encoder/level.js';
import { x265 } from '../../../src/ffmpeg/command/encoder/x265.js';
import type { ExpectedPictures } from '../../../src/ffmpeg/command/encoder/index.js';
import { expectedOf, paddingOf, suitsSource } from '../../../src/ffmpeg/command/expected.js';
import type { FfmpegFacts } from '../../../src/core/engine/ffmpeg-facts.js';
import type { EncodeH265Step } from '../../../src/core/steps/index.js';
import type { Plan } from '../../../src/core/plan/plan.js';

const STEP: EncodeH265Step = { kind: 'encodeH265', codec: 'h265', mode: 'frame', crf: 23, preset: 'ultrafast', gop: 1, hardware: false, reuse: false };
const facts = (major: number) => ({ major }) as FfmpegFacts;

function params(pictures: ExpectedPictures, major = 5, preset = 'ultrafast'): Record<string, string> {
  const text = x265.options({ ...STEP, preset }, facts(major), pictures)['x265-params'] ?? '';
  return Object.fromEntries(text.split(':').map((pair) => pair.split('=') as [string, string]));
}

const size = (width: number, height: number) => ({ width, height });
const side = fc.integer({ min: 2, max: 16_384 });

describe('coding units of 16', () => {
  it.each([
    [1920, 1080, 64, true], [1920, 1080, 65, false], [2048, 1088, 25, true], [2064, 1088, 25, false], [1280, 720, 145, true], [1280, 720, 146, false],
    [4224, 240, 25, false], [640, 360, 480, true],
  ])('%ix%i at %i: %s', (width, height, fps, allowed) => {
    expect(allowsSmallUnits(size(width, height), fps)).toBe(allowed);
  });

  it('are allowed at every lower rate too, and for every smaller picture', () => {
    fc.assert(fc.property(side, side, fc.integer({ min: 1, max: 500 }), (width, height, fps) => {
      if (!allowsSmallUnits(size(width, height), fps)) return;
      expect(allowsSmallUnits(size(width, height), fps - 0.5)).toBe(true);
      expect(allowsSmallUnits(size(Math.max(2, width - 2), height), fps)).toBe(true);
      expect(highestRate(size(width, height))).toBeGreaterThanOrEqual(fps);
    }));
  });
});

describe('the parameters of x265', () => {
  it('are the tuned settings if nothing is known', () => {
    expect(params({})).toMatchObject({ ctu: '16', 'min-cu-size': '16', rd: '1' });
    expect(params({})).not.toHaveProperty('fps');
  });

  it.each([
    ['a large picture', { size: size(2560, 1440), fps: 5, statedFps: 5 }, '32', undefined],
    ['a fast one', { size: size(1280, 720), fps: 240, statedFps: 240 }, '32', undefined],
    ['a fast one that is thinned', { size: size(1280, 720), fps: 5, statedFps: 240 }, '16', '145'],
    ['one that states no rate', { size: size(640, 360) }, '16', '25'],
    ['one whose pictures show a usual rate', { size: size(640, 360), fps: 30 }, '16', '25'],
    ['one whose pictures show another', { size: size(640, 360), fps: 5 }, '16', '5'],
  ] as const)('of %s', (_, pictures, ctu, fps) => {
    expect(params(pictures)).toMatchObject({ ctu, 'min-cu-size': ctu });
    expect(params(pictures)['fps']).toBe(fps);
  });

  it('is legal for every picture: a unit is at most as large as the padded picture, and large if the level requires it', () => {
    fc.assert(fc.property(side, side, fc.integer({ min: 1, max: 480 }), fc.constantFrom('ultrafast', 'medium'), (width, height, fps, preset) => {
      const pictures = { size: size(width, height), fps, statedFps: fps };
      const { width: right = 0, height: bottom = 0 } = paddingOf(x265, pictures) ?? {};
      const { ctu = '64' } = params(pictures, 5, preset);
      expect(Number(ctu)).toBeLessThanOrEqual(Math.min(width + right, height + bottom));
      if (!allowsSmallUnits(size(width, height), fps)) expect(Number(ctu)).toBeGreaterThanOrEqual(32);
      expect(right === 0 && bottom === 0).toBe(Math.min(width, height) >= (allowsSmallUnits(size(width, height), fps) ? 16 : 32));
    }));
  });

  it('is a rate that it can have before ffmpeg 5, which reports the time base', () => {
    expect(params({}, 4)['fps']).toBe('25');
    expect(params({ size: size(1280, 720), fps: 240, statedFps: 240 }, 4)).toMatchObject({ fps: '240', ctu: '32' });
  });
});

describe('a command that was made before its source was open', () => {
  const plan = { origin: { kind: 'camera' }, steps: [STEP] } as unknown as Plan;
  const encoding = { step: STEP, encoder: x265 };
  const suits = (source: Parameters<typeof expectedOf>[1]) => suitsSource(expectedOf(plan, {}), expectedOf(plan, source), encoding, facts(5));
  it.each([
    ['a usual camera', { width: 1920, height: 1080, fps: 25 }, true], ['one of three megapixels', { width: 2304, height: 1296, fps: 5 }, false],
    ['a tiny one', { width: 8, height: 8, fps: 8 }, false], ['one that states no rate', { width: 640, height: 360 }, false],
    ['one whose rate ffmpeg guesses', { width: 640, height: 360, fps: 10, fpsMeasured: true, guessedFps: 25 }, true],
    ['limited grey', { width: 640, height: 360, fps: 25, pixelFormat: 'gray10le', color: { range: 'tv' } }, false],
    ['full grey', { width: 640, height: 360, fps: 25, pixelFormat: 'gray', color: { range: 'pc' } }, true],
  ])('suits %s: %o: %s', (_, source, expected) => {
    expect(suits(source)).toBe(expected);
  });
});
