/** Heads, chunks and parts out of hostile hands: never a crash, bounded, and the same however the bytes are cut. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRxcamError } from '../../../src/core/errors/errors.js';
import { reduceVariants, listThroughGate } from '../../../src/source/input/gate/reduce-playlist.js';
import { isMultipart, isTransport } from '../../../src/source/client/sniff.js';
import { MultipartReader } from '../../../src/source/input/multipart.js';
import { ChunkedReader } from '../../../src/source/client/wire/chunked.js';
import { HeadReader, headersOf } from '../../../src/source/client/wire/head.js';
import { cpuMs } from '../../services/cpu.js';

/** Text that looks like HTTP often enough. */
const piece = fc.oneof(
  fc.constantFrom('HTTP/1.1 200 OK', 'HTTP/1.0 401 No', 'ICY 200 OK', '\r\n', '\n', '\r\n\r\n', ':', '--', '--b\r\n', 'Content-Type: ', 'Content-Length: 3',
    'multipart/x-mixed-replace;boundary=b', 'image/jpeg', '\xff\xd8', '\xff\xd9', '__proto__: x\r\n', 'constructor: y\r\n', 'Location: http://a:b@c/', '100', '3\r\nabc\r\n', '0\r\n\r\n'),
  fc.string({ unit: 'binary-ascii', maxLength: 40 }), fc.string({ maxLength: 2_000 }),
);
const bytes = fc.array(piece, { maxLength: 30 }).map((pieces) => Buffer.from(pieces.join(''), 'latin1'));
/** Where bytes are cut. */
const cuts = fc.array(fc.nat(200), { minLength: 1, maxLength: 20 });

function cut(all: Buffer, sizes: readonly number[]): Buffer[] {
  const out: Buffer[] = [];
  for (let at = 0, index = 0; at < all.length; index++) {
    const size = (sizes[index % sizes.length] ?? 0) + 1;
    out.push(all.subarray(at, at + size));
    at += size;
  }
  return out;
}

/** The result of a reader for pieces, errors by their message. */
function read(pieces: readonly Buffer[], take: (piece: Buffer) => unknown): unknown {
  try {
    for (const piece of pieces) {
      const found = take(piece);
      if (found !== undefined) return found;
    }
    return undefined;
  } catch (error) {
    expect((error as { code?: unknown }).code).toEqual(expect.any(String));
    return (error as Error).message;
  }
}

describe('a head', () => {
  it('is the same however its bytes are cut, and nothing crashes', () => {
    fc.assert(fc.property(bytes, cuts, (all, sizes) => {
      const whole = new HeadReader();
      const inPieces = new HeadReader();
      const one = read([all], (piece) => whole.push(piece)) as { status: number; headers: object } | string | undefined;
      const other = read(cut(all, sizes), (piece) => inPieces.push(piece)) as { status: number; headers: object } | string | undefined;
      const shown = (head: typeof one) => (typeof head === 'object' ? [head.status, { ...head.headers }] : head);
      expect(shown(other)).toEqual(shown(one));
    }), { numRuns: 300 });
  });

  it('takes names as data', () => {
    const headers = headersOf(['__proto__: a', 'constructor: b', 'toString: c', 'X: 1', 'x: 2', 'Location: /a', 'Location: /b', 'no name', ': none', 'Y: a\rInjected: b']);
    expect(Object.getPrototypeOf(headers)).toBeNull();
    expect({ ...headers, __proto__: null }).toMatchObject({ constructor: 'b', x: '1, 2', location: '/a', y: 'a Injected: b' });
  });

  it.each([['a\n'.repeat(2_000_000)], [`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(500_000)}`], [`HTTP/1.1 401 No\r\n${'a'.repeat(4_000_000)}`]])('of megabytes is done with at once (%#)', (text) => {
    const begun = cpuMs();
    const reader = new HeadReader();
    read(cut(Buffer.from(text), [65_535]), (piece) => reader.push(piece));
    expect(cpuMs() - begun).toBeLessThan(4_000);
  });
});

describe('chunks', () => {
  it('give the same bytes in any chunks', () => {
    fc.assert(fc.property(bytes, cuts, (all, sizes) => {
      const collect = (pieces: readonly Buffer[]) => {
        const reader = new ChunkedReader();
        const out: Buffer[] = [];
        const error = read(pieces, (piece) => { out.push(...reader.push(piece)); return undefined; });
        return error === undefined ? [Buffer.concat(out).toString('latin1'), reader.isDone] : [error];
      };
      expect(collect(cut(all, sizes))).toEqual(collect([all]));
    }), { numRuns: 300 });
  });

  it('take apart what was put together', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 })), cuts, (parts, sizes) => {
      const reader = new ChunkedReader();
      const all = Buffer.concat([...parts.flatMap((part) => [Buffer.from(`${part.length.toString(16)};x=y\r\n`), part, Buffer.from('\r\n')]), Buffer.from('0\r\n\r\n')]);
      const out = cut(all, sizes).flatMap((piece) => reader.push(piece));
      expect(Buffer.concat(out).equals(Buffer.concat(parts))).toBe(true);
      expect(reader.isDone).toBe(true);
    }));
  });
});

describe('parts', () => {
  it('never crash the reader, with any content', () => {
    fc.assert(fc.property(bytes, cuts, fc.constantFrom('', 'multipart/x-mixed-replace; boundary=b', 'multipart/mixed; boundary=""'), (all, sizes, type) => {
      const reader = new MultipartReader(type);
      try {
        for (const piece of cut(all, sizes)) reader.push(piece);
      } catch (error) {
        expect(isRxcamError(error)).toBe(true);
      }
    }), { numRuns: 300 });
  });

  it('are the same pictures however their bytes are cut', () => {
    const picture = fc.uint8Array({ minLength: 30, maxLength: 400 }).map((body) => Buffer.concat([Buffer.from([0xff, 0xd8]), body.map((byte) => byte & 0x7f | 0x40), Buffer.from([0xff, 0xd9])]));
    fc.assert(fc.property(fc.array(picture, { minLength: 1, maxLength: 6 }), cuts, fc.boolean(), (pictures, sizes, isCounted) => {
      const all = Buffer.concat(pictures.flatMap((one) => [Buffer.from(`--b\r\nContent-Type: image/jpg\r\n${isCounted ? `Content-Length: ${one.length}\r\n` : ''}\r\n`), one, Buffer.from('\r\n')]).concat(Buffer.from('--b\r\n')));
      const reader = new MultipartReader('multipart/x-mixed-replace; boundary=b');
      const out = Buffer.concat(cut(all, sizes).flatMap((piece) => reader.push(piece)));
      expect(out.toString('latin1')).toBe(pictures.map((one) => `\r\n--rxcam\r\nContent-Type: image/jpeg\r\nContent-Length: ${one.length}\r\n\r\n${one.toString('latin1')}`).join(''));
    }));
  });
});

describe('playlists and first bytes', () => {
  it('are looked at in a time that grows with their length alone', () => {
    for (const text of ['#EXT-X-STREAM-INF:'.repeat(100_000), 'https://'.repeat(200_000), '#EXTM3U\n#EXT-X-STREAM-INF:RESOLUTION=1x1\na\n'.repeat(2_000), 'a: b\n'.repeat(200_000), 'https://a/'.repeat(100_000)]) {
      const begun = cpuMs();
      listThroughGate(text, 'largest', () => 'http://x:443');
      isMultipart(text);
      isTransport(Buffer.from(text));
      expect(cpuMs() - begun).toBeLessThan(3_000);
    }
  });

  it('a master list keeps one variant, and any other text stays as it is', () => {
    const master = '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",URI="a.m3u8"\n#EXT-X-STREAM-INF:BANDWIDTH=9,CODECS="mp4a.40.2"\nsound\n#EXT-X-STREAM-INF:BANDWIDTH=1,RESOLUTION=320x180\nlow\n#EXT-X-STREAM-INF:BANDWIDTH=5,RESOLUTION=640x360\nhigh\n';
    expect(reduceVariants(master, 'largest')).toBe('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=5,RESOLUTION=640x360\nhigh\n');
    expect(reduceVariants(master, 'first')).toBe('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,RESOLUTION=320x180\nlow\n');
    // ffmpeg counts the videos; what holds none of those that it counts is left out.
    expect(reduceVariants(master, 1)).toBe(`#EXTM3U\n${master.slice(master.indexOf('#EXT-X-STREAM-INF:BANDWIDTH=1'))}`);
    fc.assert(fc.property(fc.string(), (text) => { expect(reduceVariants(text, 'largest')).toBe(text); }));
  });
});
