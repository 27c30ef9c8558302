/** Counts the memory that values keep alive: a view keeps its whole ArrayBuffer, and two views of one keep it once. */

/** Memory kept alive by a value. */
export interface Retains {
  readonly buffers: readonly ArrayBufferLike[];
  /** Bytes outside of buffers. */
  readonly extraBytes: number;
}

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
  readonly #holds = new Map<ArrayBufferLike, number>();
  #bytes = 0;

  /** Bytes kept alive. */
  get bytes(): number {
    return this.#bytes;
  }

  add(value: Retains): void {
    this.#bytes += value.extraBytes;
    for (const buffer of value.buffers) {
      const holds = this.#holds.get(buffer) ?? 0;
      if (holds === 0) this.#bytes += buffer.byteLength;
      this.#holds.set(buffer, holds + 1);
    }
  }

  remove(value: Retains): void {
    this.#bytes -= value.extraBytes;
    for (const buffer of value.buffers) {
      const holds = this.#holds.get(buffer) as number;
      if (holds > 1) {
        this.#holds.set(buffer, holds - 1);
      } else {
        this.#holds.delete(buffer);
        this.#bytes -= buffer.byteLength;
      }
    }
  }
}
