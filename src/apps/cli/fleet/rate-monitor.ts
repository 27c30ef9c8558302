/** The rates of a camera over ten seconds (one second is too short for slow cameras), and whether it sends too few pictures. */
import type { CameraHub } from '../../../camera/index.js';
import { mono, wall } from '../../../core/clock.js';
import { DASHBOARD } from '../../../core/defaults/monitoring.js';
import type { CameraReport } from '../../../fleet/index.js';

/** Window of rates; ms. */
const WINDOW_MS = 10_000;
/** Shortest window that shows whether there are too few pictures; ms. */
const MIN_WINDOW_MS = 7_000;

interface Sample { readonly at: number; readonly captured: number; readonly published: number }

export class RateMonitor {
  /** Counts while it streams, the oldest first. */
  #samples: Sample[] = [];

  constructor(readonly hub: CameraHub) {}

  /** Adds the current counts, and returns the rates. */
  report(): CameraReport {
    const { hub } = this;
    const { state, counts: { captured, published } } = hub.ledger.tally;
    const now = { at: mono(), captured, published };
    const last = this.#samples.at(-1);
    // The camera has stopped streaming, or its counts were reset.
    if (state !== 'streaming' || (last !== undefined && captured < last.captured)) this.#samples = [];
    this.#samples = [...this.#samples.filter(({ at }) => now.at - at <= WINDOW_MS), now];
    const from = this.#samples[0] ?? now;
    const ms = now.at - from.at;
    const perSecond = (pictures: number) => Math.round((Math.max(0, pictures) / Math.max(1, ms)) * 10_000) / 10;
    const [fpsIn, fpsOut] = [perSecond(captured - from.captured), perSecond(published - from.published)];
    const fpsWanted = hub.runPlan?.fps;
    return {
      // Unknown for a camera that has just begun to stream.
      ...((ms > 0 || state !== 'streaming') && { fpsIn, fpsOut }), ...(fpsWanted !== undefined && { fpsWanted: Math.round(fpsWanted * 10) / 10 }),
      isSlow: hub.facts.live && fpsWanted !== undefined && ms >= MIN_WINDOW_MS && fpsIn < DASHBOARD.slowBelow * fpsWanted,
      downSince: hub.downMs > 0 ? Math.round(wall() - hub.downMs) : undefined,
    };
  }
}
