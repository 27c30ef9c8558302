/**
 * Decides which pictures `skipRate` keeps. The rule is written twice: as an expression for ffmpeg's `select`, and as a function that
 * Node applies to each heartbeat, the tiny picture that ffmpeg outputs for each decoded one. Both do the same IEEE operations in the
 * same order, so they agree.
 */

/** `every`: keep the 1st, (n+1)th, (2n+1)th …; `num` / `den`, frames per second: keep a picture when floor(pts · num / (den · 10⁶)) changes. */
export type SkipRule = { readonly every: number } | { readonly num: number; readonly den: number };

/** State of a rule. */
export interface SkipState {
  /** Number of pictures decided on. */
  readonly seen: number;
  /** Media time of the last picture kept, in µs; absent before the first. */
  readonly keptPts?: number;
}

/** The state before the first picture. */
export const INITIAL_SKIP_STATE: SkipState = { seen: 0 };

/** Frames per second as a fraction: 29.97 is 2997/100. */
export function fraction(fps: number): { num: number; den: number } {
  let den = 1;
  while (den < 1_000_000 && Math.abs(Math.round(fps * den) - fps * den) > 1e-9) den *= 10;
  return { num: Math.round(fps * den), den };
}

/** Whether the rule keeps the picture at `pts` (µs). */
export function keeps(rule: SkipRule, state: SkipState, pts: number): boolean {
  if ('every' in rule) return state.seen % rule.every === 0;
  return state.keptPts === undefined || slot(rule, pts) !== slot(rule, state.keptPts);
}

/** The state after the picture at `pts` (µs). */
export function advance(state: SkipState, pts: number, kept: boolean): SkipState {
  const seen = state.seen + 1;
  if (kept) return { seen, keptPts: pts };
  return state.keptPts === undefined ? { seen } : { seen, keptPts: state.keptPts };
}

/**
 * The same rule as an expression for ffmpeg's `select`, in a graph whose time base is 1/1000000.
 * @param state - state of the rule, for a file that is resumed
 */
export function selectExpression(rule: SkipRule, state: SkipState = INITIAL_SKIP_STATE): string {
  if ('every' in rule) return `not(mod(n+${state.seen % rule.every},${rule.every}))`;
  const at = (pts: string) => `floor(${pts}*${rule.num}/${rule.den * 1e6})`;
  const first = state.keptPts === undefined ? '1' : `gt(abs(${at('pts')}-${at(String(state.keptPts))}),0)`;
  return `if(isnan(prev_selected_pts),${first},gt(abs(${at('pts')}-${at('prev_selected_pts')}),0))`;
}

function slot(rule: { num: number; den: number }, pts: number): number {
  return Math.floor((pts * rule.num) / (rule.den * 1e6));
}

/** Frames per second after the rules, from those before; undefined if unknown. */
export function rateAfter(rules: readonly SkipRule[], fps: number | undefined): number | undefined {
  return rules.reduce((rate, rule) => {
    if ('every' in rule) return rate === undefined ? rate : rate / rule.every;
    return Math.min(rate ?? Infinity, rule.num / rule.den);
  }, fps);
}

/** Applies several rules, one after the other, to one stream of pictures. */
export class SkipChain {
  #states: readonly SkipState[];

  constructor(readonly rules: readonly SkipRule[], states: readonly SkipState[] = []) {
    this.#states = rules.map((_, index) => states[index] ?? INITIAL_SKIP_STATE);
  }

  /** State of each rule, in order. */
  get states(): readonly SkipState[] {
    return this.#states;
  }

  /** Whether the next picture is kept, at `pts` (µs). A rule receives only pictures that the rules before it keep. */
  keep(pts: number): boolean {
    if (this.rules.length === 0) return true;
    const states = [...this.#states];
    let kept = true;
    for (const [index, rule] of this.rules.entries()) {
      const state = states[index] ?? INITIAL_SKIP_STATE;
      kept = keeps(rule, state, pts);
      states[index] = advance(state, pts, kept);
      if (!kept) break;
    }
    this.#states = states;
    return kept;
  }
}
