/** CRC-32C of record batches. If the optional native package is installed, CPU instructions make it twenty times as fast. */

/** CRC-32C of some bytes. */
export type Checksum = (bytes: Buffer) => number;

/** Hidden from bundlers, which can't include the native file: a bundle of all code works without it. */
const PACKAGE = ['@node-rs', 'crc32'].join('/');

/** @param other - the client's own, for platforms that the package does not support, and for a bundle of all code */
export async function checksumOr(other: Checksum): Promise<Checksum> {
  try {
    const { crc32c } = await import(PACKAGE) as { readonly crc32c: (bytes: Buffer) => number };
    return (bytes) => crc32c(bytes);
  } catch {
    return other;
  }
}
