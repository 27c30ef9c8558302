/** One stream for the pictures of all cameras on the page: requests visible ones, and draws them. */
import type { Decodes, RecordHead, Wish } from '../page-data.js';

/** A canvas for pictures of a camera. */
export interface PictureCanvas {
  readonly wish: Wish;
  readonly canvas: HTMLCanvasElement;
  /** Called when a picture was drawn; `at` is its capture time by the server's clock, in ms since 1970. */
  readonly drawn: (at: number) => void;
  readonly how?: (how: string, why: string) => void;
}

type Unit = Extract<RecordHead, { type: 'unit' }>;
/** Maximum number of units that wait for the browser's decoder; further units are left out up to the next keyframe. */
const MAX_QUEUE = 5;
const TRIED: readonly (readonly [Decodes, string])[] = [['h264', 'avc1.42e01e'], ['h265', 'hev1.1.6.L93.B0']];

export class PictureStream {
  readonly #places = new Map<string, Set<PictureCanvas>>();
  readonly #decoders = new Map<string, { decoder: VideoDecoder; codec: string; needsKey: boolean }>();
  readonly #decodes = new Set<Decodes>();
  #session: string | undefined;
  #asking: Promise<void> | undefined;
  /** Whether the server's list is outdated. */
  #isStale = false;
  #isHidden = false;

  async start(): Promise<void> {
    for (const [name, codec] of TRIED) if (await canDecode(codec)) this.#decodes.add(name);
    document.addEventListener('visibilitychange', () => {
      this.#isHidden = document.visibilityState === 'hidden';
      this.#ask();
    });
    for (;;) {
      try {
        await this.#read();
      } catch { /* The loop reconnects. */ }
      this.#session = undefined;
      for (const id of this.#decoders.keys()) this.#close(id);
      await new Promise((resolve) => { setTimeout(resolve, 2_000); });
    }
  }

  /** Draws a camera's pictures on a canvas; returns a function that ends it. */
  show(id: string, place: PictureCanvas): () => void {
    const places = this.#places.get(id) ?? new Set();
    this.#places.set(id, places.add(place));
    this.#ask();
    return () => {
      places.delete(place);
      if (places.size === 0) this.#places.delete(id);
      if (![...places].some(({ wish }) => wish === 'live')) this.#close(id);
      this.#ask();
    };
  }

  /** Sends the list soon, since scrolling causes many changes. One request at a time, so that the last one arrives last. */
  #ask(): void {
    this.#isStale = true;
    this.#asking ??= this.#sendWishes().finally(() => { this.#asking = undefined; });
  }

  async #sendWishes(): Promise<void> {
    while (this.#isStale) {
      await new Promise((resolve) => { setTimeout(resolve, 100); });
      this.#isStale = false;
      const session = this.#session;
      if (session === undefined) return;
      const wishes = this.#isHidden ? [] : [...this.#places].map(([id, places]) => [id, [...places].some(({ wish }) => wish === 'live') ? 'live' : 'card']);
      const body = JSON.stringify({ wishes: Object.fromEntries(wishes) as object, decodes: [...this.#decodes] });
      const answer = fetch(`/api/pictures/${session}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      // If the list did not arrive, the stream has ended too, or the list is sent again.
      this.#isStale = !await answer.then(({ status }) => status < 404 || this.#session !== session, () => this.#session !== session) || this.#isStale;
    }
  }

  async #read(): Promise<void> {
    const answer = await fetch('/api/pictures');
    const reader = answer.ok ? answer.body?.getReader() : undefined;
    if (reader === undefined) return;
    let rest = new Uint8Array(0);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const bytes = new Uint8Array(rest.length + value.length);
      bytes.set(rest);
      bytes.set(value, rest.length);
      rest = bytes.subarray(this.#records(bytes));
    }
  }

  /** Handles complete records; returns the position of the rest. */
  #records(bytes: Uint8Array): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    while (bytes.length - at >= 6 && bytes.length - at >= 4 + view.getUint32(at)) {
      const [length, headLength] = [view.getUint32(at), view.getUint16(at + 4)];
      const head = JSON.parse(new TextDecoder().decode(bytes.subarray(at + 6, at + 6 + headLength))) as RecordHead;
      this.#take(head, bytes.subarray(at + 6 + headLength, at + 4 + length));
      at += 4 + length;
    }
    return at;
  }

  #take(head: RecordHead, data: Uint8Array): void {
    if (head.type === 'hello') {
      this.#session = head.session;
      this.#ask();
    } else if (head.type === 'how') {
      for (const place of this.#places.get(head.id) ?? []) place.how?.(head.how, head.why);
    } else if (head.type === 'picture') {
      void createImageBitmap(new Blob([data.slice()], { type: 'image/jpeg' })).then((bitmap) => {
        this.#draw(head.id, bitmap, bitmap.width, bitmap.height, head.at);
        bitmap.close();
      }, () => undefined);
    } else this.#decode(head, data);
  }

  #decode(head: Unit, data: Uint8Array): void {
    const { id } = head;
    if (head.key && this.#decoders.get(id)?.codec !== head.codec) this.#open(head);
    const open = this.#decoders.get(id);
    if (open === undefined) return;
    if (open.decoder.decodeQueueSize > MAX_QUEUE) open.needsKey = true;
    if (open.needsKey && !head.key) return;
    open.needsKey = false;
    try {
      open.decoder.decode(new EncodedVideoChunk({ type: head.key ? 'key' : 'delta', timestamp: head.at * 1_000, data }));
    } catch {
      this.#failed(head);
    }
  }

  #open(head: Unit): void {
    const { id, codec } = head;
    this.#close(id);
    const decoder = new VideoDecoder({
      output: (frame) => {
        this.#draw(id, frame, frame.displayWidth, frame.displayHeight, frame.timestamp / 1_000);
        frame.close();
      },
      error: () => { this.#failed(head); },
    });
    try {
      decoder.configure({ codec, optimizeForLatency: true });
      this.#decoders.set(id, { decoder, codec, needsKey: true });
    } catch {
      this.#failed(head);
    }
  }

  /** Called when the browser failed to decode a codec that it claims to support: the server then sends JPEG. */
  #failed({ id, codec }: Unit): void {
    this.#close(id);
    this.#decodes.delete(codec.startsWith('avc1') ? 'h264' : 'h265');
    this.#ask();
  }

  #close(id: string): void {
    const open = this.#decoders.get(id);
    this.#decoders.delete(id);
    if (open !== undefined && open.decoder.state !== 'closed') open.decoder.close();
  }

  #draw(id: string, image: CanvasImageSource, width: number, height: number, at: number): void {
    for (const { canvas, drawn } of this.#places.get(id) ?? []) {
      if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
      canvas.getContext('2d')?.drawImage(image, 0, 0, width, height);
      drawn(at);
    }
  }
}

async function canDecode(codec: string): Promise<boolean> {
  if (typeof VideoDecoder === 'undefined') return false;
  return VideoDecoder.isConfigSupported({ codec }).then(({ supported }) => supported === true, () => false);
}
