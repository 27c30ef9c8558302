/** Counts the memory that values keep alive: a view keeps its whole ArrayBuffer, and two views of one buffer count once. */

/** Memory kept alive by a value. */
export interface RetainedMemory {
  readonly buffers: readonly ArrayBufferLike[];
  /** Bytes outside of buffers. */
  readonly extraBytes: number;
}

/** Number of values of one counter that keep a buffer alive. A buffer has a linked list of these. */
interface Hold { readonly by: MemoryCounter; count: number; next: Hold | undefined }

/**
 * The holds of a buffer are its property. A Map to which a buffer is added and removed with each message allocates a table in
 * V8's old space every few messages, and each table can start a collection of the whole heap.
 */
const HOLDS = Symbol('rxcam holds');

type HeldBuffer = ArrayBufferLike & { [HOLDS]?: Hold | undefined };

/** The memory that a message with these bytes and fields keeps alive. */
export function retainedMemory(data: Buffer, fields: Readonly<Record<string, string | Buffer>> = {}): RetainedMemory {
  const buffers: ArrayBufferLike[] = [data.buffer];
  let extraBytes = 0;
  for (const name in fields) {
    const field = fields[name] as string | Buffer;
    if (typeof field === 'string') extraBytes += field.length;
    else if (!buffers.includes(field.buffer)) buffers.push(field.buffer);
  }
  return { buffers, extraBytes };
}

export class MemoryCounter {
  #bytes = 0;

  /** Bytes kept alive. */
  get bytes(): number {
    return this.#bytes;
  }

  add(value: RetainedMemory): void {
    this.#bytes += value.extraBytes;
    for (const buffer of value.buffers) if (this.#isFirst(buffer)) this.#bytes += buffer.byteLength;
  }

  remove(value: RetainedMemory): void {
    this.#bytes -= value.extraBytes;
    for (const buffer of value.buffers) if (this.#isLast(buffer)) this.#bytes -= buffer.byteLength;
  }

  /** Adds a hold; true if it is this counter's first of the buffer. A frozen buffer can't have a list: each of its holds counts. */
  #isFirst(buffer: HeldBuffer): boolean {
    const holds = buffer[HOLDS];
    for (let hold = holds; hold !== undefined; hold = hold.next) {
      if (hold.by === this) return hold.count++ === 0;
    }
    if (Object.isExtensible(buffer)) buffer[HOLDS] = { by: this, count: 1, next: holds };
    return true;
  }

  /** Removes a hold; true if it was this counter's last of the buffer. */
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
