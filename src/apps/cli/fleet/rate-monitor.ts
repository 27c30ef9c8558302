/** The rates of a camera over ten seconds (one is too short for slow cameras), and whether they are the requested ones. */
import type { CameraHub } from '../../../camera/index.js';
import { mono, wall } from '../../../core/clock.js';
import { DASHBOARD } from '../../../core/defaults/monitoring.js';
import type { CameraReport } from '../../../fleet/index.js';

/** Window of rates; ms. */
const OVER_MS = 10_000;
/** Shortest window that can show too few pictures; ms. */
const ENOUGH_MS = 7_000;

interface Mark { readonly at: number; readonly captured: number; readonly published: number }

export class RateMonitor {
  /** Counts while it streams, the oldest first. */
  #marks: Mark[] = [];

  constructor(readonly hub: CameraHub) {}

  /** Reads the counts. */
  report(): CameraReport {
    const { hub } = this;
    const { state, counts: { captured, published } } = hub.ledger.tally;
    const now = { at: mono(), captured, published };
    const last = this.#marks.at(-1);
    // Counts that were reset begin again.
    if (state !== 'streaming' || (last !== undefined && captured < last.captured)) this.#marks = [];
    this.#marks = [...this.#marks.filter(({ at }) => now.at - at <= OVER_MS), now];
    const from = this.#marks[0] ?? now;
    const ms = now.at - from.at;
    const perSecond = (pictures: number) => Math.round((Math.max(0, pictures) / Math.max(1, ms)) * 10_000) / 10;
    const [fpsIn, fpsOut] = [perSecond(captured - from.captured), perSecond(published - from.published)];
    const fpsWanted = hub.runPlan?.fps;
    return {
      // Unknown when it has just begun to stream.
      ...((ms > 0 || state !== 'streaming') && { fpsIn, fpsOut }), ...(fpsWanted !== undefined && { fpsWanted: Math.round(fpsWanted * 10) / 10 }),
      isSlow: hub.facts.live && fpsWanted !== undefined && ms >= ENOUGH_MS && fpsIn < DASHBOARD.slowBelow * fpsWanted,
      downSince: hub.downMs > 0 ? Math.round(wall() - hub.downMs) : undefined,
    };
  }
}
