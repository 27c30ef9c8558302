/** Reads JPEG as a consumer of rxcam's messages would. */

/** The headers of a JPEG. */
export interface JpegFacts {
  /** `JFIF` version, as in `1.02`; undefined without the marker. */
  readonly jfif: string | undefined;
  readonly width: number;
  readonly height: number;
  /** Sampling of each component, `2x2 1x1 1x1` for 4:2:0. */
  readonly sampling: string;
  /** Texts that name the maker. */
  readonly comments: readonly string[];
}

const MARKER = { SOI: 0xd8, EOI: 0xd9, SOS: 0xda, SOF0: 0xc0, APP0: 0xe0, COM: 0xfe } as const;

/** The facts of bytes that are one whole JPEG, from SOI to EOI and not a byte more; throws for any others. */
export function readJpeg(data: Buffer): JpegFacts {
  const isWhole = data.readUInt16BE(0) === 0xff00 + MARKER.SOI && data.readUInt16BE(data.length - 2) === 0xff00 + MARKER.EOI;
  if (!isWhole || data.indexOf(Buffer.of(0xff, MARKER.EOI)) !== data.length - 2) throw new Error('This is not one whole JPEG.');
  let facts: JpegFacts = { jfif: undefined, width: 0, height: 0, sampling: '', comments: [] };
  for (let at = 2; ;) {
    const marker = data.readUInt16BE(at) & 0xff;
    if (marker === MARKER.SOS) return facts;
    const body = data.subarray(at + 4, at + 2 + data.readUInt16BE(at + 2));
    facts = { ...facts, ...factsOf(marker, body, facts) };
    at += 4 + body.length;
  }
}

function factsOf(marker: number, body: Buffer, { comments }: JpegFacts): Partial<JpegFacts> {
  if (marker === MARKER.COM) return { comments: [...comments, body.toString('latin1')] };
  if (marker === MARKER.APP0 && body.toString('latin1', 0, 4) === 'JFIF') return { jfif: `${body[5] ?? 0}.0${body[6] ?? 0}` };
  if (marker !== MARKER.SOF0) return {};
  const components = [...body.subarray(6).entries()].filter(([index]) => index % 3 === 1).map(([, byte]) => `${byte >> 4}x${byte & 15}`);
  return { height: body.readUInt16BE(1), width: body.readUInt16BE(3), sampling: components.join(' ') };
}
