/** The summary at the end: the counts of each camera and their sums, as JSON or as text. */
import { type CameraStats, sizeText } from '../../../ledger/index.js';
import { withoutControls } from '../program/index.js';

/** The counts of a camera, or of several together. They are numbers of pictures, except `bytes` and `reconnects`. */
export interface Totals {
  readonly captured: number;
  readonly published: number;
  readonly delivered: number;
  readonly skipped: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly inFlight: number;
  readonly duplicates: number;
  /** Bytes published. */
  readonly bytes: number;
  readonly reconnects: number;
  /** Name of the encoder; several names if cameras differ; null if there was none. */
  readonly encoder: string | null;
}

/** Output of `--json`. */
export interface Summary extends Totals {
  /** With several sources: the counts of each, by key. */
  readonly cameras?: Readonly<Record<string, Totals>>;
}

/** Adds up the counts. `cameras` is present if there are several keys; cameras with the same key, one of which replaced the other, count as one. */
export function summaryOf(cameras: readonly { key: string; stats: CameraStats }[]): Summary {
  const keys = [...new Set(cameras.map(({ key }) => key))];
  const each = keys.map((key) => [key, sumOf(cameras.filter((one) => one.key === key).map(({ stats }) => totalsOf(stats)))] as const);
  const sum = sumOf(each.map(([, totals]) => totals));
  return keys.length < 2 ? sum : { ...sum, cameras: Object.fromEntries(each) };
}

/** The summary as text: a line for each camera. */
export function readableSummary(summary: Summary, keys: readonly string[]): string {
  const all = summary.cameras ?? { [keys[0] ?? '']: summary };
  return Object.entries(all).map(([key, totals]) => `${withoutControls(key)}: ${inWords(totals)}\n`).join('');
}

function totalsOf(stats: CameraStats): Totals {
  const { captured, published, delivered, skipped, dropped, inFlight, duplicates, bytes, reconnects, encoder } = stats;
  const counts = { captured, published, delivered, skipped, dropped, inFlight, duplicates, bytes, reconnects };
  return { ...counts, encoder: encoder?.name ?? null };
}

function sumOf(all: readonly Totals[]): Totals {
  const sum = (name: Exclude<keyof Totals, 'dropped' | 'encoder'>) => all.reduce((total, one) => total + one[name], 0);
  const causes = Object.keys(all[0]?.dropped ?? {});
  const dropped = (cause: string) => all.reduce((total, one) => total + (one.dropped[cause] ?? 0), 0);
  const encoders = [...new Set(all.flatMap(({ encoder }) => (encoder === null ? [] : [encoder])))];
  return {
    captured: sum('captured'), published: sum('published'), delivered: sum('delivered'), skipped: sum('skipped'),
    dropped: Object.fromEntries(causes.map((cause) => [cause, dropped(cause)])),
    inFlight: sum('inFlight'), duplicates: sum('duplicates'), bytes: sum('bytes'), reconnects: sum('reconnects'),
    encoder: encoders.length === 0 ? null : encoders.join(', '),
  };
}

function inWords({ captured, published, skipped, dropped, bytes, reconnects, encoder }: Totals): string {
  const causes = Object.entries(dropped).filter(([, frames]) => frames > 0);
  const lost = causes.reduce((sum, [, frames]) => sum + frames, 0);
  const why = causes.length === 0 ? '' : ` (${causes.map(([cause, frames]) => `${cause} ${frames}`).join(', ')})`;
  return `${captured} frames captured, ${published} published (${sizeText(bytes)}), ${skipped} skipped, ${lost} dropped${why}, `
    + `${reconnects} reconnects, encoder ${encoder === null ? 'none' : withoutControls(encoder)}`;
}
