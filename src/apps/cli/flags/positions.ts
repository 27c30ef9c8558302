/** Positions in a topic, times and durations, as written on the command line. */
import { InvalidArgumentError } from 'commander';
import type { From, Partitions, To } from '../../../broker/index.js';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
export const TIMES = 'a date (2026-01-31T12:00:00Z), or a time ago (90s, 10m, 2h, 1d)';
export const POSITION_FORMS = `'latest', ${TIMES}, offset:N, or an entry's id (1700000000000-0)`;
export const DURATIONS = 'such as 90s, 10m or 2h';

export function parseFrom(text: string): From {
  if (text === 'earliest') return text;
  const last = /^last:(\d{1,9})$/.exec(text)?.[1];
  return last === undefined ? parsePosition(text, `'earliest', last:N, ${POSITION_FORMS}`) : { last: Number(last) };
}

export function parseTo(text: string): To {
  return parsePosition(text, POSITION_FORMS);
}

function parsePosition(text: string, forms: string): To {
  if (text === 'latest') return text;
  const offset = /^offset:(\d{1,15})$/.exec(text)?.[1];
  if (offset !== undefined) return { offset };
  if (/^\d{1,20}-\d{1,20}$/.test(text)) return text as `${number}-${number}`;
  const at = timeIn(text);
  if (at === undefined) throw new InvalidArgumentError(`Expected ${forms}.`);
  return at;
}

/** Parses a date, or a time ago. */
export function parseTime(text: string): Date {
  const at = timeIn(text);
  if (at === undefined) throw new InvalidArgumentError(`Expected ${TIMES}.`);
  return at;
}

/** Parses a duration. @returns ms */
export function parseDuration(text: string): number {
  const ms = durationIn(text);
  if (ms === undefined) throw new InvalidArgumentError(`Expected a duration ${DURATIONS}.`);
  return ms;
}

/** A duration for the help: `10m`. */
export function durationText(ms: number): string {
  const [unit = 'ms', factor = 1] = Object.entries(UNITS).findLast(([, one]) => ms % one === 0) ?? [];
  return `${ms / factor}${unit}`;
}

function timeIn(text: string): Date | undefined {
  const ago = durationIn(text);
  const at = ago === undefined ? Date.parse(text) : Date.now() - ago;
  // A date must begin with a year: Date.parse accepts any text with a number, even 'offset:3'.
  return Number.isNaN(at) || !(ago !== undefined || /^\d{4}-\d\d-\d\d/.test(text)) ? undefined : new Date(at);
}

function durationIn(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+)(ms|[smhd])$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * (UNITS[unit] ?? 1);
}

export function parsePartitions(text: string): Partitions {
  if (text === 'key' || text === 'all') return text;
  if (!/^\d+(,\d+)*$/.test(text)) throw new InvalidArgumentError('Expected key, all, or numbers separated by commas.');
  return text.split(',').map(Number);
}
