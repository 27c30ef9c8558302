/** Master lists on their way to ffmpeg: what it is shown, it downloads. */
import { describe, expect, it } from 'vitest';
import { reduceVariants } from '../../../src/source/input/gate/reduce-playlist.js';
import { cpuMs } from '../../services/cpu.js';

const variant = (name: string, width: number, more = '') => [`#EXT-X-STREAM-INF:BANDWIDTH=${width},RESOLUTION=${width}x100${more}`, `${name}.m3u8`];
const list = (...variants: string[][]) => ['#EXTM3U', ...variants.flat()].join('\n');
const shown = (text: string) => text.split('\n').filter((line) => line.endsWith('.m3u8'));
const SOUND = ['#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="mp4a.40.2"', 'sound.m3u8'];

describe('a master list', () => {
  const three = list(variant('a', 320), variant('b', 1280), variant('c', 640));

  it.each([
    ['first', ['a.m3u8']], ['largest', ['b.m3u8']], [0, ['a.m3u8']], [1, ['a.m3u8', 'b.m3u8']], [2, ['a.m3u8', 'b.m3u8', 'c.m3u8']], [9, ['a.m3u8', 'b.m3u8', 'c.m3u8']],
  ] as const)('shows for %s the variants that it takes', (choice, names) => {
    expect(shown(reduceVariants(three, choice))).toEqual(names);
  });

  it('counts a variant that is named twice once, and one of sound alone not at all', () => {
    const twice = list(SOUND, variant('a', 320, ',AUDIO="x"'), variant('a', 320, ',AUDIO="y"'), variant('b', 640), variant('c', 960));
    expect(shown(reduceVariants(twice, 1))).toEqual(['a.m3u8', 'a.m3u8', 'b.m3u8']);
  });

  it('counts none that does not say that it has pictures', () => {
    const unsure = list(['#EXT-X-STREAM-INF:BANDWIDTH=1', 'unsure.m3u8'], variant('a', 320), variant('b', 640), variant('c', 960));
    expect(shown(reduceVariants(unsure, 1))).toEqual(['unsure.m3u8', 'a.m3u8', 'b.m3u8']);
  });

  it.each(['first', 'largest', 0, 5] as const)('that has one variant, or none, stays as it is for %s', (choice) => {
    for (const text of [list(variant('a', 320)), list(), '#EXTM3U\n#EXTINF:1,\n0.ts', list(SOUND)]) expect(reduceVariants(text, choice)).toBe(text);
  });

  it('of a hundred thousand variants is read in no time, even if none has an address', () => {
    const many = list(...Array.from({ length: 100_000 }, (_, n) => variant(`v${n}`, 320)));
    const begun = cpuMs();
    expect(shown(reduceVariants(many, 1))).toEqual(['v0.m3u8', 'v1.m3u8']);
    expect(shown(reduceVariants(many, 'first'))).toEqual(['v0.m3u8']);
    reduceVariants(many.replaceAll(/^v.*$/gm, ''), 'largest');
    expect(cpuMs() - begun).toBeLessThan(4_000);
  });
});
