/**
 * Normalises multipart JPEG streams, such as those of cheap boards: a start within a part, `image/jpg`, parts without a
 * length or a head. ffmpeg's demuxer accepts none of these, and waits for the end of a part of any length.
 */
import { DecodeFailed, NoVideo } from '../../core/errors/errors.js';
import { MULTIPART } from '../../core/defaults/limits.js';
import { boundaryOf, partHeadOf, tailOf, tooLargeError } from './multipart-form.js';
import { headersOf } from '../client/index.js';

const LF = 10;
const SOI = Buffer.from([0xff, 0xd8]);
/** Bytes that some firmware sends between a part's head and its picture. */
const MAX_LEADING = 16;

/** Turns chunks of a stream into parts for ffmpeg. */
export class MultipartReader {
  /** Bytes that are held until more arrive, and their number. */
  #held: Buffer[] = [];
  #bytes = 0;
  /** `head` of a part; `counted`: the start of a part of known length, whose rest is `through` or `skip`; `search`: a part without a length. */
  #state: 'head' | 'counted' | 'search' | 'through' | 'skip' = 'head';
  /** Lines of the head so far. */
  #lines: string[] = [];
  #isHeadComplete = false;
  /** The current part's length and content type. */
  #left = 0;
  #type = '';
  /** The boundary after its dashes, which ends a part without a length. */
  #boundary: string | undefined;
  /** Whether the stream uses the boundary of the answer's head. */
  #isConfirmed = false;
  /** Parts that are not JPEG. */
  #otherParts = 0;
  #hasPictures = false;
  /** Whether a part can begin here without a boundary line: at the start, and after a boundary. */
  #isExpected = true;

  /** @param type - the stream's own `Content-Type` */
  constructor(type = '') {
    this.#boundary = boundaryOf(type);
  }

  /** The pictures in these bytes, each after a head that ffmpeg accepts. @throws DecodeFailed, NoVideo */
  push(chunk: Buffer): Buffer[] {
    const out: Buffer[] = [];
    let bytes: Buffer | undefined = this.#state === 'head' || this.#state === 'counted' ? this.#joined(chunk) : chunk;
    while (bytes !== undefined && bytes.length > 0) bytes = this.#step(bytes, out);
    return out;
  }

  /** Reads in the current state; returns the bytes that are left, or undefined if more bytes are needed. */
  #step(bytes: Buffer, out: Buffer[]): Buffer | undefined {
    switch (this.#state) {
      case 'head': return this.#head(bytes);
      case 'counted': return this.#counted(bytes, out);
      case 'search': return this.#search(bytes, out);
      default: return this.#pass(bytes, out);
    }
  }

  #head(bytes: Buffer): Buffer | undefined {
    if (this.#isExpected && this.#lines.length === 0) {
      if (bytes.length < SOI.length) { this.#hold(bytes); return; }
      if (bytes.subarray(0, SOI.length).equals(SOI)) return this.#begin({}, bytes);
    }
    const end = bytes.indexOf(LF);
    if (end === -1) {
      // Any bytes may be between two parts, such as the rest after a wrong length.
      if (bytes.length > MULTIPART.maxHeadBytes) { this.#hold(bytes.subarray(-MULTIPART.maxHeadBytes / 2)); return; }
      this.#hold(bytes); return;
    }
    this.#headLine(bytes.toString('latin1', Math.max(0, end - 1_024), end).trimEnd());
    const rest = bytes.subarray(end + 1);
    return this.#isHeadComplete ? this.#begin(headersOf(this.#lines), rest) : rest;
  }

  #headLine(line: string): void {
    if (this.#isBoundary(line)) {
      if (!this.#isConfirmed) this.#boundary = line.replace(/^-+/, '');
      this.#isConfirmed = true;
      this.#isExpected = true;
      this.#lines = [];
    } else if (line === '') this.#isHeadComplete = this.#lines.length > 0;
    else if (this.#isExpected && /^[\w -]+:/.test(line)) this.#lines.push(line);
    if (this.#lines.reduce((sum, { length }) => sum + length, 0) > MULTIPART.maxHeadBytes) {
      throw new DecodeFailed(`a part of the multipart stream has a head of more than ${MULTIPART.maxHeadBytes} bytes`);
    }
  }

  #isBoundary(line: string): boolean {
    const name = line.replace(/^-+/, '');
    return line.startsWith('--') && name !== '' && (!this.#isConfirmed || this.#boundary === undefined || name.startsWith(this.#boundary));
  }

  #begin(headers: Readonly<Record<string, string | undefined>>, rest: Buffer): Buffer {
    const length = /^\d+$/.exec(headers['content-length'] ?? '')?.[0];
    this.#type = headers['content-type'] ?? '';
    this.#lines = [];
    this.#isHeadComplete = false;
    if (/^multipart\//i.test(this.#type)) {
      // The rest of the stream's own head, which an empty line has split.
      this.#boundary ??= boundaryOf(this.#type);
      return rest;
    }
    this.#isExpected = false;
    this.#left = Number(length ?? 0);
    this.#state = length === undefined ? 'search' : 'counted';
    if (this.#left > MULTIPART.maxPartBytes) throw tooLargeError();
    if (length === '0') this.#endPart();
    return rest;
  }

  /** Checks by the first bytes of a part of known length whether it is a picture. */
  #counted(bytes: Buffer, out: Buffer[]): Buffer | undefined {
    const wanted = Math.min(MAX_LEADING, this.#left);
    if (bytes.length < wanted) { this.#hold(bytes); return; }
    const at = bytes.subarray(0, wanted).indexOf(SOI);
    if (at === -1) {
      this.#countOther();
      this.#state = 'skip';
      return bytes;
    }
    this.#left -= at;
    this.#hasPictures = true;
    this.#state = 'through';
    out.push(partHeadOf(this.#left));
    return bytes.subarray(at);
  }

  /** Reads the rest of a part of known length. */
  #pass(bytes: Buffer, out: Buffer[]): Buffer {
    const part = bytes.subarray(0, this.#left);
    if (this.#state === 'through') out.push(part);
    this.#left -= part.length;
    if (this.#left === 0) this.#endPart();
    return bytes.subarray(part.length);
  }

  /** Reads a part without a length, which ends where a boundary begins. */
  #search(bytes: Buffer, out: Buffer[]): Buffer | undefined {
    const needle = this.#boundary === undefined ? Buffer.from('\xff\xd9\r\n--', 'latin1') : Buffer.from(`--${this.#boundary}`, 'latin1');
    const before = tailOf(this.#held, needle.length - 1);
    const at = Buffer.concat([before, bytes]).indexOf(needle);
    if (at === -1) {
      this.#held.push(bytes);
      this.#bytes += bytes.length;
      if (this.#bytes > MULTIPART.maxPartBytes) throw tooLargeError();
      return undefined;
    }
    const all = this.#joined(bytes);
    const end = all.length - bytes.length - before.length + at + (this.#boundary === undefined ? 2 : 0);
    this.#picture(all.subarray(0, end), out);
    this.#endPart();
    return all.subarray(end);
  }

  #picture(part: Buffer, out: Buffer[]): void {
    const from = part.subarray(0, MAX_LEADING).indexOf(SOI);
    if (from === -1) {
      this.#countOther();
      return;
    }
    // A line end, and dashes in addition to the boundary's, do not belong to the picture.
    let to = part.length;
    while (to > from && [0x0d, 0x0a, 0x2d].includes(part[to - 1] as number)) to--;
    this.#hasPictures = true;
    out.push(partHeadOf(to - from), part.subarray(from, to));
  }

  #countOther(): void {
    if (this.#hasPictures || ++this.#otherParts < MULTIPART.maxOtherParts) return;
    throw new NoVideo(`the parts of the multipart stream are not JPEG${this.#type === '' ? '' : ` but '${this.#type.slice(0, 80)}'`}`);
  }

  #endPart(): void {
    this.#state = 'head';
  }

  #hold(bytes: Buffer): void {
    this.#held = [bytes];
    this.#bytes = bytes.length;
  }

  #joined(bytes: Buffer): Buffer {
    const all = this.#held.length === 0 ? bytes : Buffer.concat([...this.#held, bytes]);
    this.#held = [];
    this.#bytes = 0;
    return all;
  }
}
