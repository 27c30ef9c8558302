/** The streams of pictures: one for each open page, for all of its cameras. */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { DASHBOARD } from '../../../core/defaults/monitoring.js';
import type { CameraHub } from '../../../camera/index.js';
import type { WishesWire } from '../page-data.js';
import { CameraPictures } from './camera-pictures.js';
import { Slots } from './decoder-slots.js';
import { Viewer } from './viewer.js';

export class Live {
  readonly #viewers = new Map<string, Viewer>();
  readonly #pictures = new Map<string, CameraPictures>();
  readonly #slots: Slots;

  /** @param hubOf - the camera of an id, while there is one */
  constructor(readonly hubOf: (id: string) => CameraHub | undefined, maxDecoders: number) {
    this.#slots = new Slots(maxDecoders);
  }

  get isFull(): boolean { return this.#viewers.size >= DASHBOARD.maxViewers; }

  /** Opens a stream; it ends with the connection. */
  open(response: ServerResponse): void {
    const viewer = new Viewer(randomUUID(), response);
    this.#viewers.set(viewer.session, viewer);
    response.on('close', () => {
      this.#viewers.delete(viewer.session);
      this.#leave(viewer, [...viewer.wishes.keys()]);
    });
  }

  /** Changes the pictures that a page requests. Returns false if the stream does not exist. */
  ask(session: string, asked: WishesWire): boolean {
    const viewer = this.#viewers.get(session);
    if (viewer === undefined) return false;
    const before = [...viewer.wishes.keys()];
    viewer.ask(asked);
    this.#leave(viewer, before.filter((id) => !viewer.wishes.has(id)));
    for (const id of viewer.wishes.keys()) this.#of(id)?.watch(viewer);
    return true;
  }

  end(): void {
    for (const viewer of this.#viewers.values()) viewer.end();
  }

  #leave(viewer: Viewer, ids: readonly string[]): void {
    for (const id of ids) {
      const pictures = this.#pictures.get(id);
      pictures?.leave(viewer);
      if (pictures?.isWatched === false) this.#pictures.delete(id);
    }
  }

  /** The pictures of a camera; new ones if another camera has taken its name. */
  #of(id: string): CameraPictures | undefined {
    const hub = this.hubOf(id);
    const known = this.#pictures.get(id);
    if (hub === undefined || known?.hub === hub) return known;
    const pictures = new CameraPictures(id, hub, this.#slots);
    this.#pictures.set(id, pictures);
    return pictures;
  }
}
