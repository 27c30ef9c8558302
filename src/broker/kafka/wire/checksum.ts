/** CRC-32C of record batches: by instructions of the CPU where the optional native package is installed, twenty times as fast. */

/** CRC-32C of some bytes. */
export type Checksum = (bytes: Buffer) => number;

/** Not named to bundlers: they can't take the native file, and a bundle of everything does without. */
const PACKAGE = ['@node-rs', 'crc32'].join('/');

/** @param other - the client's own, for machines that the package is not made for, and in a bundle of everything */
export async function checksumOr(other: Checksum): Promise<Checksum> {
  try {
    const { crc32c } = await import(PACKAGE) as { readonly crc32c: (bytes: Buffer) => number };
    return (bytes) => crc32c(bytes);
  } catch {
    return other;
  }
}
