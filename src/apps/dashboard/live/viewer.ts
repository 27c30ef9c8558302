/** The stream of pictures to one open page, bounded even on a slow network. */
import type { ServerResponse } from 'node:http';
import { DASHBOARD } from '../../../core/defaults/monitoring.js';
import type { Decodes, RecordHead, Wish, WishesWire } from '../page-data.js';

const EMPTY = Buffer.alloc(0);

export class Viewer {
  wishes: ReadonlyMap<string, Wish> = new Map();
  decodes: ReadonlySet<Decodes> = new Set();
  /** Cameras whose next unit must be a keyframe, because none was sent yet or some were left out. */
  readonly #waitsForKey = new Set<string>();
  readonly #explained = new Map<string, string>();

  constructor(readonly session: string, readonly response: Pick<ServerResponse, 'write' | 'writableLength' | 'end'>) {
    this.#write({ type: 'hello', session });
  }

  /** Whether a picture can be sent; otherwise it is left out. */
  get isReady(): boolean { return this.response.writableLength <= DASHBOARD.viewerMaxBytes; }

  ask({ wishes, decodes }: WishesWire): void {
    const before = this.wishes;
    this.wishes = new Map(Object.entries(wishes));
    this.decodes = new Set(decodes);
    for (const [id, wish] of this.wishes) {
      if (before.get(id) === wish) continue;
      this.#waitsForKey.add(id);
      this.#explained.delete(id);
    }
  }

  /** Continues at the next keyframe, after the browser's decoder failed or the codec changed. */
  restart(id: string): void {
    this.#waitsForKey.add(id);
  }

  /** Sends the form of a camera's pictures if it has changed. */
  explain(head: Extract<RecordHead, { type: 'how' }>): void {
    const text = `${head.how} ${head.why}`;
    if (this.#explained.get(head.id) === text) return;
    this.#explained.set(head.id, text);
    this.#write(head);
  }

  picture(head: Extract<RecordHead, { type: 'picture' }>, jpeg: Buffer): void {
    if (this.isReady) this.#write(head, jpeg);
  }

  unit(head: Extract<RecordHead, { type: 'unit' }>, data: Buffer): void {
    if (!this.isReady) {
      this.#waitsForKey.add(head.id);
      return;
    }
    if (this.#waitsForKey.has(head.id) && !head.key) return;
    this.#waitsForKey.delete(head.id);
    this.#write(head, data);
  }

  end(): void {
    this.response.end();
  }

  /** A record: length of the rest, length of the head, head, picture. */
  #write(head: RecordHead, data: Buffer = EMPTY): void {
    const text = Buffer.from(JSON.stringify(head));
    const lengths = Buffer.alloc(6);
    lengths.writeUInt32BE(2 + text.length + data.length, 0);
    lengths.writeUInt16BE(text.length, 4);
    this.response.write(Buffer.concat([lengths, text, data]));
  }
}
