/** Computes NUT's checksum: CRC-32 of polynomial 04C11DB7, start value 0, high bit first, no final xor. */

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc;
});

/**
 * Continues a checksum over `bytes[from..to)`.
 * With this start value and no final xor, the checksum over a message and its own checksum is 0.
 *
 * @returns a signed 32-bit number
 */
export function crc32(bytes: Uint8Array, from: number, to: number, crc = 0): number {
  for (let i = from; i < to; i++) crc = (crc << 8) ^ (TABLE[(crc >>> 24) ^ (bytes[i] as number)] as number);
  return crc;
}
