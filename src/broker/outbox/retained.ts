/** Counts the memory that values keep alive: a view keeps its whole ArrayBuffer, and two views of one keep it once. */

/** Memory kept alive by a value. */
export interface Retains {
  readonly buffers: readonly ArrayBufferLike[];
  /** Bytes outside of buffers. */
  readonly extraBytes: number;
}

/** Number of values of one counter that keep a buffer alive. A buffer has a list of these. */
interface Hold { readonly by: Retained; count: number; next: Hold | undefined }

/**
 * The holds of a buffer are kept with it. A Map by buffers, which gets and loses one with each message, allocates a table in
 * V8's old space with every few of them, and each one can start a collection of the whole heap.
 */
const HOLDS = Symbol('rxcam holds');

type HeldBuffer = ArrayBufferLike & { [HOLDS]?: Hold | undefined };

/** The memory that a value with these bytes and fields keeps alive. */
export function retains(data: Buffer, fields: Readonly<Record<string, string | Buffer>> = {}): Retains {
  const buffers: ArrayBufferLike[] = [data.buffer];
  let extraBytes = 0;
  for (const name in fields) {
    const field = fields[name] as string | Buffer;
    if (typeof field === 'string') extraBytes += field.length;
    else if (!buffers.includes(field.buffer)) buffers.push(field.buffer);
  }
  return { buffers, extraBytes };
}

export class Retained {
  #bytes = 0;

  /** Bytes kept alive. */
  get bytes(): number {
    return this.#bytes;
  }

  add(value: Retains): void {
    this.#bytes += value.extraBytes;
    for (const buffer of value.buffers) if (this.#isFirst(buffer)) this.#bytes += buffer.byteLength;
  }

  remove(value: Retains): void {
    this.#bytes -= value.extraBytes;
    for (const buffer of value.buffers) if (this.#isLast(buffer)) this.#bytes -= buffer.byteLength;
  }

  /** Adds a hold; whether it is this counter's only one. A frozen buffer can't have a list: each hold counts. */
  #isFirst(buffer: HeldBuffer): boolean {
    const holds = buffer[HOLDS];
    for (let hold = holds; hold !== undefined; hold = hold.next) {
      if (hold.by === this) return hold.count++ === 0;
    }
    if (Object.isExtensible(buffer)) buffer[HOLDS] = { by: this, count: 1, next: holds };
    return true;
  }

  /** Removes a hold; whether it was this counter's last one. */
  #isLast(buffer: HeldBuffer): boolean {
    let before: Hold | undefined;
    for (let hold = buffer[HOLDS]; hold !== undefined; before = hold, hold = hold.next) {
      if (hold.by !== this) continue;
      if (--hold.count > 0) return false;
      if (before !== undefined) before.next = hold.next;
      else if (Object.isExtensible(buffer)) buffer[HOLDS] = hold.next;
      return true;
    }
    return true;
  }
}
