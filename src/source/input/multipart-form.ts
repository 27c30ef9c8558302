/** The format of multipart streams: reads the boundary in a content type, and writes the head of a part. */
import { DecodeFailed } from '../../core/errors/errors.js';
import { MULTIPART } from '../../core/defaults/limits.js';

const BOUNDARY = 'rxcam';

/** The boundary in a content type, without its dashes, whose number varies between firmwares. */
export function boundaryOf(type: string): string | undefined {
  const found = /boundary\s{0,9}=\s{0,9}(?:"([^"]*)"|([^\s;,]+))/i.exec(type.slice(0, 1_024));
  const name = (found?.[1] ?? found?.[2])?.replace(/^-+/, '').trim();
  return name === '' ? undefined : name;
}

/** The head of a part, as ffmpeg accepts it. */
export function partHeadOf(length: number): Buffer {
  return Buffer.from(`\r\n--${BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: ${length}\r\n\r\n`);
}

/** The last bytes of several pieces. */
export function tailOf(held: readonly Buffer[], length: number): Buffer {
  let tail: Buffer = Buffer.alloc(0);
  for (let at = held.length - 1; at >= 0 && tail.length < length; at--) tail = Buffer.concat([(held[at] as Buffer).subarray(-length), tail]);
  return tail.subarray(Math.max(0, tail.length - length));
}

/** The failure of a part above the limit. */
export function tooLargeError(): DecodeFailed {
  return new DecodeFailed(`a part of the multipart stream is larger than ${MULTIPART.maxPartBytes / 1024 ** 2} MiB`);
}
