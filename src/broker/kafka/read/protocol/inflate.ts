/** Decompresses the records of a batch: gzip by Node, zstd if Node supports it, other formats by the codecs that users add to kafkajs. */
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';

/** Bits of a batch's attributes. */
const CODEC_BITS = 0x07;
const GZIP = 1;
const ZSTD = 4;
const NAMES: readonly string[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

type Inflate = (data: Buffer) => Promise<Buffer>;

/** Decompresses the records of a batch; undefined if they are not compressed. */
export function inflate(attributes: number, records: Buffer): Promise<Buffer> | undefined {
  const type = attributes & CODEC_BITS;
  return type === 0 ? undefined : inflated(type, records);
}

async function inflated(type: number, records: Buffer): Promise<Buffer> {
  const own = ownCodec(type);
  if (own !== undefined) return own(records);
  // The place where users add codecs to kafkajs.
  const { CompressionCodecs } = await import('kafkajs');
  try {
    const codec = (CompressionCodecs as Readonly<Record<number, () => { readonly decompress: Inflate }>>)[type];
    if (codec === undefined) throw new Error('it is not known');
    return await codec().decompress(records);
  } catch (cause) {
    const name = NAMES[type] ?? `codec ${type}`;
    throw new Error(`records compressed with ${name}: ${(cause as Error).message} (CompressionCodecs of kafkajs takes a codec)`, { cause });
  }
}

function ownCodec(type: number): Inflate | undefined {
  if (type === GZIP) return promisify<Buffer, Buffer>(zlib.gunzip);
  const { zstdDecompress } = zlib as { zstdDecompress?: (data: Buffer, callback: (error: Error | null, result: Buffer) => void) => void };
  return type === ZSTD && zstdDecompress !== undefined ? promisify<Buffer, Buffer>(zstdDecompress) : undefined;
}
