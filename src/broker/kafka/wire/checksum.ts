/** CRC-32C of record batches. The optional native package, if it is installed, is twenty times as fast: it uses CPU instructions. */

/** Returns the CRC-32C of the bytes. */
export type Checksum = (bytes: Buffer) => number;

/** Hidden from bundlers, which can't include the native file: a bundle of all code works without the package. */
const PACKAGE = ['@node-rs', 'crc32'].join('/');

/**
 * The native checksum, or `fallback` if the package is missing.
 * @param fallback - the client library's own
 */
export async function checksumOr(fallback: Checksum): Promise<Checksum> {
  try {
    const { crc32c } = await import(PACKAGE) as { readonly crc32c: (bytes: Buffer) => number };
    return (bytes) => crc32c(bytes);
  } catch {
    return fallback;
  }
}
