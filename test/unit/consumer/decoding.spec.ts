/** The stages between messages and a decoder: NUT as it is written, chunks cut into access units, and times in order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Timeline } from '../../../src/consumer/decoding/index.js';
import { accessUnits } from '../../../src/ffmpeg/index.js';
import { type NutPacket, NutReader, type NutStream, nutFrameHead, nutHeader } from '../../../src/ffmpeg/nut/index.js';
import { initBytesOf, playlistText } from '../../../src/consumer/recording/hls-playlist.js';
import { fileNameOf, folderNameOf, timeInName } from '../../../src/consumer/recording/file-names.js';

const unit = fc.record({ pts: fc.nat(2 ** 52), key: fc.boolean(), data: fc.uint8Array({ maxLength: 9_000 }).map((bytes) => Buffer.from(bytes)) });

describe('NUT that is written', () => {
  it('is read back unchanged, in any chunks', () => {
    fc.assert(fc.property(
      fc.constantFrom('HEVC', 'H264', 'MJPG'), fc.integer({ min: 1, max: 16_384 }), fc.integer({ min: 1, max: 16_384 }),
      fc.uint8Array({ maxLength: 5_000 }), fc.array(unit, { maxLength: 5 }), fc.integer({ min: 1, max: 700 }),
      (fourcc, width, height, extra, units, step) => {
        const bytes = Buffer.concat([nutHeader({ fourcc, width, height, extradata: Buffer.from(extra) }), ...units.flatMap((one) => [nutFrameHead(one), one.data])]);
        const packets: NutPacket[] = [];
        let streams: readonly NutStream[] = [];
        const reader = new NutReader({ onStreams: (all) => { streams = all; }, onPacket: (packet) => packets.push(packet) });
        for (let at = 0; at < bytes.length; at += step) reader.push(bytes.subarray(at, at + step));
        reader.end();
        if (units.length > 0) expect(streams).toMatchObject([{ fourcc, width, height, extradata: Buffer.from(extra), timeBase: { num: 1, den: 1_000_000 } }]);
        expect(packets.map(({ pts, key, data }) => ({ pts, key, data }))).toEqual(units);
      },
    ), { numRuns: 300 });
  });
});

/** One access unit: parameter sets or not, slices, the first of which reports it. */
const h265 = fc.tuple(fc.boolean(), fc.boolean(), fc.integer({ min: 1, max: 3 }), fc.uint8Array({ minLength: 1, maxLength: 20 })).map(([hasDelimiter, isKey, slices, bytes]) => {
  const body = Buffer.from(bytes.map((byte) => byte | 1));
  const nal = (type: number, more: number[]) => Buffer.concat([Buffer.from([0, 0, 1, type << 1, 1, ...more]), body]);
  const sets = isKey ? [32, 33, 34].map((type) => nal(type, [])) : [];
  const delimiter = hasDelimiter ? [Buffer.from([0, 0, 1, 35 << 1, 1, 0x50])] : [];
  const parts = [...delimiter, ...sets, ...Array.from({ length: slices }, (_, index) => nal(isKey ? 19 : 1, [index === 0 ? 0x80 : 0x01]))];
  return Buffer.concat([Buffer.from([0]), ...parts]);
});

describe('a chunk', () => {
  it('is cut into the access units that it was made of', () => {
    fc.assert(fc.property(fc.array(h265, { minLength: 1, maxLength: 8 }), (units) => {
      expect(accessUnits(Buffer.concat(units), 'h265')).toEqual(units);
    }), { numRuns: 500 });
  });

  it('of any bytes loses none of them', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(0, 0, 0, 1, 1, 2, 0x26, 0x41, 0x65, 0x80, 255), { maxLength: 200 }), fc.constantFrom('h264' as const, 'h265' as const), (bytes, codec) => {
      expect(Buffer.concat(accessUnits(Buffer.from(bytes), codec))).toEqual(Buffer.from(bytes));
    }), { numRuns: 1_000 });
  });
});

describe('media time for a decoder', () => {
  it('is different for each unit, and keeps the distances within a run of the sender', () => {
    const gop = fc.array(fc.nat(200_000), { minLength: 1, maxLength: 12 });
    fc.assert(fc.property(fc.array(fc.record({ start: fc.nat(10 ** 9), gop }), { minLength: 1, maxLength: 8 }), (gops) => {
      const timeline = new Timeline();
      const seen = new Set<number>();
      let last = -1;
      for (const { start, gop: offsets } of gops) {
        const key = timeline.at(start, true);
        expect(key).toBeGreaterThan(last);
        const distinct = [...new Set(offsets.filter((offset) => offset > 0))];
        const times = distinct.map((offset) => timeline.at(start + offset, false));
        expect(times).toEqual(distinct.map((offset) => key + offset));
        for (const time of [key, ...times]) {
          expect(seen.has(time)).toBe(false);
          seen.add(time);
          last = Math.max(last, time);
        }
      }
    }), { numRuns: 500 });
  });

  it('distinguishes units of one time', () => {
    const timeline = new Timeline();
    expect([timeline.at(5, true), timeline.at(5, false), timeline.at(5, false)]).toEqual([5, 6, 7]);
  });
});

describe('names of recordings', () => {
  it('give each key its own folder, inside the folder of recordings', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 20 }), fc.string({ unit: 'binary', maxLength: 20 }), (a, b) => {
      expect(folderNameOf(a)).toMatch(/^[\w~-]+$/);
      if (Buffer.from(a).equals(Buffer.from(b))) return;
      expect(folderNameOf(a)).not.toBe(folderNameOf(b));
    }), { numRuns: 1_000 });
  });

  it('state the time of the first picture', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 0) }), fc.nat(3), (at, again) => {
      expect(timeInName(fileNameOf(at, again))).toBe(at);
    }));
    expect(timeInName('holiday.mp4')).toBeUndefined();
  });
});

describe('a playlist', () => {
  it('names each file with its header as the map', () => {
    const file = { file: 'a b.mp4', from: 0, durationMs: 2_500, bytes: 1_000, initBytes: 100 };
    expect(playlistText([file, { ...file, from: 60_000 }], true).split('\n')).toEqual([
      '#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-TARGETDURATION:3', '#EXT-X-PLAYLIST-TYPE:EVENT', '#EXT-X-INDEPENDENT-SEGMENTS',
      '#EXT-X-MAP:URI="a%20b.mp4",BYTERANGE="100@0"', '#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:00.000Z', '#EXTINF:2.500,', '#EXT-X-BYTERANGE:900@100', 'a%20b.mp4',
      '#EXT-X-DISCONTINUITY',
      '#EXT-X-MAP:URI="a%20b.mp4",BYTERANGE="100@0"', '#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:01:00.000Z', '#EXTINF:2.500,', '#EXT-X-BYTERANGE:900@100', 'a%20b.mp4',
      '#EXT-X-ENDLIST', '',
    ]);
  });

  it('takes any bytes for a file without a fragment', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const init = initBytesOf(Buffer.from(bytes));
      expect(init === undefined || init <= bytes.length).toBe(true);
    }));
  });
});
