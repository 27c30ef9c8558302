/** The rates of a camera over ten seconds (one is too short for slow cameras), and whether they are those that were asked for. */
import type { CameraHub } from '../../../camera/index.js';
import { mono, wall } from '../../../core/clock.js';
import { DASHBOARD } from '../../../core/defaults/watching.js';
import type { CameraReport } from '../../../fleet/index.js';

/** Rates are those of this time; ms. */
const OVER_MS = 10_000;
/** Too few pictures in less than this say nothing; ms. */
const ENOUGH_MS = 7_000;

interface Mark { readonly at: number; readonly captured: number; readonly published: number }

export class Pace {
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
    const seconds = (now.at - from.at) / 1_000;
    const perSecond = (pictures: number) => (seconds === 0 ? 0 : Math.round((Math.max(0, pictures) / seconds) * 10) / 10);
    const [fpsIn, fpsOut] = [perSecond(captured - from.captured), perSecond(published - from.published)];
    const downSince = hub.downMs > 0 ? Math.round(wall() - hub.downMs) : undefined;
    const fpsWanted = hub.reading?.fps;
    if (fpsWanted === undefined) return { fpsIn, fpsOut, isSlow: false, downSince };
    const isSlow = hub.facts.live && now.at - from.at >= ENOUGH_MS && fpsIn < DASHBOARD.slowBelow * fpsWanted;
    return { fpsIn, fpsOut, fpsWanted: Math.round(fpsWanted * 10) / 10, isSlow, downSince };
  }
}
