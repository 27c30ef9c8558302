/** The server's last state, and whether it still answers. */
import type { BrokerWire, CameraWire, CardWire, StateWire, StreamWire } from '../page-data.js';
import { FleetStore } from './fleet-store.js';

type Listener = () => void;

/** Time without an event after which the page counts as old; ms. */
const OLD_AFTER_MS = 5_000;

export class Store {
  readonly cards = new Map<string, CardWire>();
  brokers: readonly BrokerWire[] = [];
  streams: readonly StreamWire[] = [];
  notices: readonly string[] = [];
  camera: StateWire['camera'];
  readonly fleet = new FleetStore();
  /** The server's clock minus this one's; ms. */
  skewMs = 0;
  isConnected = false;
  hasState = false;
  lastEventAt = 0;
  #source: EventSource | undefined;
  #page: string | undefined;
  readonly #listeners = new Set<Listener>();
  readonly #cardListeners = new Map<string, Set<Listener>>();

  /** The server's current time. */
  now(): number { return Date.now() + this.skewMs; }

  /** Whether the state is current. */
  get isFresh(): boolean { return this.isConnected && Date.now() - this.lastEventAt < OLD_AFTER_MS; }

  /** @param page - id of the camera whose page is open */
  open(page: string | undefined): void {
    if (this.#source !== undefined && this.#page === page) return;
    this.#source?.close();
    this.#page = page;
    const source = new EventSource(`/api/events${page === undefined ? '' : `?camera=${encodeURIComponent(page)}`}`);
    source.onmessage = ({ data }) => { this.#take(JSON.parse(String(data)) as StateWire); };
    source.onerror = () => {
      this.isConnected = false;
      this.#notify();
      // A browser does not reconnect after an error response.
      if (source.readyState === EventSource.CLOSED && this.#source === source) {
        this.#source = undefined;
        setTimeout(() => { this.open(this.#page); }, 3_000);
      }
    };
    this.#source = source;
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => { this.#listeners.delete(listener); };
  }

  subscribeCard(id: string, listener: Listener): () => void {
    const listeners = this.#cardListeners.get(id) ?? new Set();
    this.#cardListeners.set(id, listeners.add(listener));
    return () => { listeners.delete(listener); };
  }

  async retry(id: string): Promise<boolean> {
    const answer = await fetch('/api/retry', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ id }) });
    return answer.ok;
  }

  async load(id: string): Promise<CameraWire | undefined> {
    const answer = await fetch(`/api/camera?id=${encodeURIComponent(id)}`);
    return answer.ok ? await answer.json() as CameraWire : undefined;
  }

  /** Configuration of a camera in the fleet, as text. */
  async loadConfig(id: string): Promise<string | undefined> {
    const answer = await fetch(`/api/fleet/config?id=${encodeURIComponent(id)}`);
    return answer.ok ? answer.text() : undefined;
  }

  #take(state: StateWire): void {
    this.isConnected = this.hasState = true;
    this.lastEventAt = Date.now();
    this.skewMs = state.at - Date.now();
    const gone = new Set(this.cards.keys());
    for (const card of state.cameras) {
      this.cards.set(card.id, card);
      gone.delete(card.id);
    }
    for (const id of gone) this.cards.delete(id);
    this.brokers = state.brokers;
    this.streams = state.streams;
    this.notices = state.notices;
    this.camera = state.camera;
    this.fleet.take(state.fleet);
    this.#notify();
    for (const listeners of this.#cardListeners.values()) for (const listener of listeners) listener();
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}
