/** Annex B, parameter sets and container records: any input, and the sets that a GOP needs to decode alone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CopiedStream } from '../../../src/ffmpeg/annexb/index.js';
import { cpuMs } from '../../services/cpu.js';

const CODE = Buffer.from([0, 0, 0, 1]);
const CODECS = ['h264', 'h265'] as const;

/** Bits as bytes, with the stop bit; they contain no start code, as no two bytes in a row are zero. */
function packed(bits: string): Buffer {
  const all = `${bits}1`;
  const whole = all.padEnd(Math.ceil(all.length / 8) * 8, '0');
  return Buffer.from(whole.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
}
function golomb(value: number): string {
  const binary = (value + 1).toString(2);
  return '0'.repeat(binary.length - 1) + binary;
}
const unit = (...parts: Buffer[]) => Buffer.concat([CODE, ...parts]);

/** Units of both codecs with the numbers that matter here; what follows them differs by `salt`, which has no zero byte. */
const make = {
  h264: {
    sps: (id: number, salt: number) => unit(Buffer.from([0x67, 66, 0xc0, 30]), packed(`${golomb(id)}${'1'.repeat(8)}${golomb(salt)}`)),
    pps: (id: number, sps: number, salt: number) => unit(Buffer.from([0x68]), packed(golomb(id) + golomb(sps) + golomb(salt))),
    key: (pps: number) => unit(Buffer.from([0x65]), packed(golomb(0) + golomb(7) + golomb(pps) + '1'.repeat(20))),
    other: (pps: number) => unit(Buffer.from([0x41]), packed(golomb(0) + golomb(5) + golomb(pps) + '1'.repeat(20))),
    types: { sps: 7, pps: 8 }, typeOf: (byte: number) => byte & 31,
  },
  h265: {
    sps: (id: number, salt: number) => unit(Buffer.from([0x42, 1]), packed(`00000001${'1'.repeat(96)}${golomb(id)}${golomb(salt)}`)),
    pps: (id: number, sps: number, salt: number) => unit(Buffer.from([0x44, 1]), packed(golomb(id) + golomb(sps) + golomb(salt))),
    key: (pps: number) => unit(Buffer.from([0x26, 1]), packed(`11${golomb(pps)}${'1'.repeat(20)}`)),
    other: (pps: number) => unit(Buffer.from([0x02, 1]), packed(`1${golomb(pps)}${'1'.repeat(20)}`)),
    types: { sps: 33, pps: 34 }, typeOf: (byte: number) => (byte >> 1) & 63,
  },
} as const;
const VPS = unit(Buffer.from([0x40, 1, 0x0c, 1, 0xff]));

function unitsOf(data: Buffer): Buffer[] {
  const text = data.toString('latin1').split(/\0?\0\0\x01/).slice(1);
  return text.map((one) => Buffer.from(one.replace(/\0+$/, ''), 'latin1'));
}

describe('arbitrary bytes', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    // Start codes, types and zeros are likelier than by chance.
    fc.array(fc.constantFrom(0, 0, 0, 1, 3, 7, 8, 0x40, 0x42, 0x44, 0x65, 0x67, 0x68, 0x26, 0xff), { maxLength: 300 }).map((all) => Uint8Array.from(all)),
  ).map((all) => Buffer.from(all));

  it('crash nothing, as extradata or as access units', () => {
    fc.assert(fc.property(fc.constantFrom(...CODECS), bytes, fc.array(fc.tuple(bytes, fc.boolean()), { maxLength: 8 }), (codec, extradata, units) => {
      const stream = new CopiedStream(codec, extradata, undefined);
      for (const [data, key] of units) {
        const out = stream.unit(Buffer.from(data), key);
        if (!key && out !== undefined) expect(out.keyframe).toBe(false);
        expect(stream.size.width >= 0 && stream.size.height >= 0).toBe(true);
      }
    }), { numRuns: 2000 });
  });

  it('crash nothing if real units are damaged', () => {
    const damage = fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 10 });
    fc.assert(fc.property(fc.constantFrom(...CODECS), damage, (codec, changes) => {
      const { sps, pps, key, other } = make[codec];
      const stream = new CopiedStream(codec, Buffer.alloc(0), undefined);
      const data = Buffer.concat([VPS, sps(0, 1), pps(0, 0, 1), key(0), other(0)]);
      for (const [at, value] of changes) data[at % data.length] = value;
      stream.unit(data, true);
    }), { numRuns: 2000 });
  });

  const MEGABYTES = 8 * 1024 ** 2;
  const filled = (text: string) => Buffer.alloc(MEGABYTES, text, 'hex');
  it.each(CODECS.flatMap((codec) => ([
    ['an SPS of megabytes', Buffer.concat([make[codec].sps(0, 1), filled('a5')])],
    ['an SPS of megabytes of zeros that keep start codes out', Buffer.concat([make[codec].sps(0, 1), filled('000003')])],
    ['start codes alone', filled('000001')],
    ['millions of small units', filled(codec === 'h264' ? '00000106ff' : '0000014eff')],
    ['millions of parameter sets', filled(codec === 'h264' ? '00000168ff' : '0000014401ff')],
    ['zeros', filled('00')],
  ] as const).map(([what, data]) => [codec, what, data] as const)))('%s: %s are read in milliseconds', (codec, _what, data) => {
    const start = cpuMs();
    const stream = new CopiedStream(codec, data.subarray(0, 4096), undefined);
    for (const key of [true, false]) stream.unit(Buffer.from(data), key);
    expect(cpuMs() - start).toBeLessThan(2_000);
  });

  it('in a container: millions of empty units are damage', () => {
    const record = Buffer.from('0142c01effe1000467 42c01e01000268ce'.replaceAll(' ', ''), 'hex');
    const start = cpuMs();
    expect(new CopiedStream('h264', record, undefined).unit(filled('00'), true)).toBeUndefined();
    expect(cpuMs() - start).toBeLessThan(2_000);
  });

  it('make a keyframe larger by at most a quarter of a megabyte, with any number of sets', () => {
    const stream = new CopiedStream('h264', Buffer.alloc(0), undefined);
    stream.unit(Buffer.concat([make.h264.sps(0, 1), make.h264.pps(0, 0, 1), make.h264.key(0)]), true);
    for (let id = 1; id < 256; id++) stream.unit(Buffer.concat([make.h264.pps(id, 0, 1), Buffer.alloc(60_000, 0xa5), make.h264.other(0)]), false);
    const out = stream.unit(make.h264.key(0), true);
    expect(out?.keyframe).toBe(true);
    expect(out?.data.length).toBeLessThan(300_000);
  });
});

describe('a GOP', () => {
  /** Actions of an encoder between two pictures, and the set that the picture names. */
  const picture = fc.record({
    key: fc.boolean(), names: fc.nat(3),
    sps: fc.option(fc.record({ id: fc.nat(1), salt: fc.nat(6) }), { freq: 3 }),
    pps: fc.option(fc.record({ id: fc.nat(3), sps: fc.nat(1), salt: fc.nat(6) }), { freq: 2 }),
  });

  it.each(CODECS)('holds each parameter set that its pictures name, as it is at the picture (%s)', (codec) => {
    const { sps, pps, key, other, types, typeOf } = make[codec];
    fc.assert(fc.property(fc.array(picture, { maxLength: 40 }), (pictures) => {
      const stream = new CopiedStream(codec, codec === 'h265' ? VPS : Buffer.alloc(0), undefined);
      // The sets sent so far, as a decoder has them that was there from the start.
      const camera = { sps: new Map<number, string>(), pps: new Map<number, { text: string; sps: number }>() };
      // The sets of a decoder that starts at the last keyframe.
      let decoder: Map<string, string> | undefined;
      for (const one of pictures) {
        const sets = [...(one.sps ? [sps(one.sps.id, one.sps.salt)] : []), ...(one.pps ? [pps(one.pps.id, one.pps.sps, one.pps.salt)] : [])];
        if (one.sps) camera.sps.set(one.sps.id, (sets[0] as Buffer).subarray(4).toString('hex'));
        if (one.pps) camera.pps.set(one.pps.id, { text: (sets.at(-1) as Buffer).subarray(4).toString('hex'), sps: one.pps.sps });
        const out = stream.unit(Buffer.concat([...sets, one.key ? key(one.names) : other(one.names)]), one.key);
        const named = camera.pps.get(one.names);
        const isReadable = named !== undefined && camera.sps.has(named.sps);
        if (one.key) expect(out?.keyframe).toBe(isReadable);
        if (out?.keyframe === true) decoder = new Map();
        if (decoder === undefined) continue;
        let latest = 0;
        for (const each of unitsOf(out?.data ?? Buffer.alloc(0))) {
          const type = typeOf(each[0] ?? 0);
          const [isSps, isPps] = [type === types.sps, type === types.pps];
          // Sets are in their order, before the picture.
          if (isSps || isPps) expect(type).toBeGreaterThanOrEqual(latest);
          if (isSps || isPps) latest = type;
          for (const [id, text] of camera.sps) if (isSps && text === each.toString('hex')) decoder.set(`sps ${id}`, text);
          for (const [id, { text }] of camera.pps) if (isPps && text === each.toString('hex')) decoder.set(`pps ${id}`, text);
        }
        if (!isReadable) continue;
        expect(decoder.get(`pps ${one.names}`)).toBe(named.text);
        expect(decoder.get(`sps ${named.sps}`)).toBe(camera.sps.get(named.sps));
      }
    }), { numRuns: 500 });
  });
});
