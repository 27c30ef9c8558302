/** A generated pattern with motion and noise: the built-in source, for demos and tests. */
import { of } from 'rxjs';
import { z } from 'zod';
import { TEST_SOURCE } from '../core/defaults/defaults.js';
import { LOCAL_ROWS } from '../core/errors/stderr-rows.js';
import { options as strict, parseOptions } from '../core/options.js';
import type { SourceKind } from './source-kind.js';

/** Largest picture of a source of any kind. */
const LARGEST = { side: 16_384, pixels: 8_192 * 8_192 };
const SIZES = `expected WIDTHxHEIGHT in pixels, 10 to ${LARGEST.side} each and at most ${LARGEST.pixels} together`;

const schema = strict({
  size: z.string().refine(isSize, SIZES).default(`${TEST_SOURCE.width}x${TEST_SOURCE.height}`),
  fps: z.coerce.number().min(0.01).max(1000).default(TEST_SOURCE.fps),
  /** Length in seconds; absent: without an end. */
  duration: z.coerce.number().min(0.001).max(1e9).optional(),
  /** Strength of the noise, 0 to 100. */
  noise: z.coerce.number().int().min(0).max(100).default(TEST_SOURCE.noise),
});

export const test: SourceKind = {
  accepts: 'test: or test:?size=640x360&fps=25&duration=SECONDS&noise=0..100',
  protocols: [],
  secrets: 'none',
  match(address, options) {
    const found = /^test:(?:\/\/)?(?:\?(.*))?$/i.exec(address);
    if (found === null) return undefined;
    const pattern = parseOptions('source test:', schema, Object.fromEntries(new URLSearchParams(found[1] ?? '')));
    const live = (options.pace ?? 'realtime') === 'realtime';
    const [width = 0, height = 0] = pattern.size.split('x').map(Number);
    return {
      kind: 'test',
      address,
      expected: { width, height, fps: pattern.fps },
      live,
      endless: pattern.duration === undefined,
      remote: false,
      stderr: LOCAL_ROWS,
      secrets: [],
      prepare: () => of({ type: 'input', input: { options: patternOptions(live), protocols: [], url: graph(pattern) } }),
    };
  },
};

function patternOptions(live: boolean): string[] {
  return [...(live ? ['-re'] : []), '-f', 'lavfi'];
}

/** The filter that makes the pattern. All numbers are checked, so an address can't add another filter. */
function graph({ size, fps, duration, noise }: z.output<typeof schema>): string {
  const pattern = `testsrc2=size=${size}:rate=${fps}${duration === undefined ? '' : `:duration=${duration}`}`;
  return noise === 0 ? pattern : `${pattern},noise=alls=${noise}:allf=t`;
}

function isSize(text: string): boolean {
  const [, width = NaN, height = NaN] = (/^(\d{2,5})x(\d{2,5})$/.exec(text) ?? []).map(Number);
  return Math.min(width, height) >= 10 && Math.max(width, height) <= LARGEST.side && width * height <= LARGEST.pixels;
}
