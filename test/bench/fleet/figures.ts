/** The figures of the fleet benchmark with their limits: a line for each, and a table at the end. */

export interface Figure {
  readonly event: string;
  readonly measured: string;
  /** Empty if there is no limit. */
  readonly limit: string;
  /** Undefined if there is no limit. */
  readonly isMet: boolean | undefined;
}

const MARKS = new Map([[true, '✓'], [false, '✗']]);

export class Figures {
  readonly #all: Figure[] = [];

  add(event: string, measured: string, limit = '', isMet?: boolean): void {
    const figure: Figure = { event, measured, limit, isMet };
    this.#all.push(figure);
    console.log(`${new Date().toISOString().slice(11, 19)} ${lineOf(figure)}`);
  }

  /** Adds a number and its maximum. */
  atMost(event: string, value: number, most: number, unit = ''): void {
    this.add(event, `${value}${unit}`, `≤ ${most}${unit}`, value <= most);
  }

  /** Adds counts that must be 0. */
  none(event: string, counts: Readonly<Record<string, number>>): void {
    this.add(event, Object.entries(counts).map(([name, count]) => `${name} ${count}`).join(', '), '0', Object.values(counts).every((count) => count === 0));
  }

  /** Prints the table. @returns whether all limits are met */
  table(): boolean {
    console.log('\n| event | measured | limit | |\n| --- | --- | --- | --- |');
    for (const { event, measured, limit, isMet } of this.#all) console.log(`| ${event} | ${measured} | ${limit} | ${mark(isMet)} |`);
    const missed = this.#all.filter(({ isMet }) => isMet === false).length;
    console.log(missed === 0 ? '\nall limits are met' : `\nlimits that are not met: ${missed}`);
    return missed === 0;
  }
}

function mark(isMet: boolean | undefined): string {
  return isMet === undefined ? '' : MARKS.get(isMet) ?? '';
}

function lineOf({ event, measured, limit, isMet }: Figure): string {
  return `${event}: ${measured}${limit === '' ? '' : ` (limit: ${limit} ${mark(isMet)})`}`;
}

/** A quantile by nearest rank, in s. */
export function quantile(msValues: readonly number[], share: number): number {
  const sorted = [...msValues].sort((a, b) => a - b);
  return Math.round((sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN) / 10) / 100;
}

export function distribution(msValues: readonly number[]): string {
  if (msValues.length === 0) return 'none';
  const at = (share: number) => quantile(msValues, share).toFixed(2);
  return `p50 ${at(0.5)} s, p90 ${at(0.9)}, p99 ${at(0.99)}, max ${at(1)} (${msValues.length})`;
}
