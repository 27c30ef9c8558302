/** The three questions at the end of every fault test: does the ledger balance, is a process left, has a secret leaked? */
import { readdirSync, readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { startedPids } from './process.js';

const LEFT_TIMEOUT_MS = 5_000;
const POLL_MS = 50;

/** The pids of running ffmpeg processes that descend from `pid`, except those that a test service has started. */
export function ffmpegChildren(pid: number = process.pid): number[] {
  const parents = parentsOfAll();
  const ours = startedPids();
  return [...parents.keys()].filter((one) => {
    if (ours.has(one) || programOf(one) !== 'ffmpeg') return false;
    for (let up = parents.get(one); up !== undefined; up = parents.get(up)) {
      if (up === pid) return true;
    }
    return false;
  });
}

/** The arguments of a process, the program first; empty if it has ended. */
export function processArguments(pid: number): string[] {
  return readProc(pid, 'cmdline').split('\0').slice(0, -1);
}

/** Resolves when no ffmpeg is left under `pid`; fails if there still is one after `timeout` ms. */
export async function noFfmpegLeft(pid: number = process.pid, timeout = LEFT_TIMEOUT_MS): Promise<void> {
  const end = performance.now() + timeout;
  for (;;) {
    const left = ffmpegChildren(pid);
    if (left.length === 0) return;
    if (performance.now() > end) {
      const list = left.map((one) => `${one}: ${processArguments(one).join(' ')}`).join('\n');
      throw new Error(`ffmpeg is left after ${timeout} ms:\n${list}`);
    }
    await new Promise((resolve) => { setTimeout(resolve, POLL_MS); });
  }
}

/** The statistics of a camera that form its ledger. */
export interface Counts {
  readonly captured: number;
  readonly published: number;
  readonly delivered: number;
  readonly skipped: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly inFlight: number | Readonly<Record<string, number>>;
}

/** Fails unless captured = published + delivered + skipped + Σ dropped + in flight, and none is negative. */
export function ledgerBalances(stats: Counts): void {
  const dropped = sum(stats.dropped);
  const inFlight = typeof stats.inFlight === 'number' ? stats.inFlight : sum(stats.inFlight);
  const { captured, published, delivered, skipped } = stats;
  const parts = { captured, published, delivered, skipped, dropped, inFlight };
  const accounted = published + delivered + skipped + dropped + inFlight;
  const wrong = Object.entries(parts).filter(([, count]) => !(count >= 0));
  if (captured !== accounted || wrong.length > 0) {
    const account = inspect({ ...parts, by: stats.dropped });
    throw new Error(`The ledger does not balance: captured ${captured}, accounted for ${accounted}: ${account}`);
  }
}

/** Fails if the output contains a secret: as it is, percent-encoded, in JSON, or in base64 (Basic). */
export function secretsKept(secrets: readonly string[], output: readonly unknown[]): void {
  const texts = output.map(textOf);
  for (const secret of secrets) {
    for (const form of formsOf(secret)) {
      const text = texts.find((one) => one.includes(form));
      if (text !== undefined) {
        const at = text.indexOf(form);
        throw new Error(`A secret (as ${JSON.stringify(form)}) is in: …${text.slice(Math.max(0, at - 200), at + form.length + 100)}…`);
      }
    }
  }
}

export interface Questions {
  /** Of each camera; their ledgers must balance. */
  stats?: Counts | readonly Counts[];
  /** Passwords and tokens, not percent-encoded. */
  secrets?: readonly string[];
  /** All output: lines, Buffers, event objects, errors with their causes and stacks. */
  logs?: readonly unknown[];
  events?: readonly unknown[];
  errors?: readonly unknown[];
  /** The process that must have no ffmpeg left, default this one. */
  pid?: number;
}

/** Checks all three. It does not check the arguments of running processes: use `processArguments` while they run. */
export async function threeQuestions({ stats, secrets = [], logs = [], events = [], errors = [], pid }: Questions): Promise<void> {
  const all: readonly Counts[] = stats === undefined ? [] : isMany(stats) ? stats : [stats];
  for (const one of all) ledgerBalances(one);
  await noFfmpegLeft(pid);
  secretsKept(secrets, [...logs, ...events, ...errors, ...all]);
}

function isMany(stats: Counts | readonly Counts[]): stats is readonly Counts[] {
  return Array.isArray(stats);
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, one) => total + one, 0);
}

function formsOf(secret: string): string[] {
  const forms = [
    secret, encodeURIComponent(secret), encodeURI(secret), encodeURIComponent(secret).toLowerCase(),
    JSON.stringify(secret).slice(1, -1), Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  ];
  return [...new Set(forms)];
}

/** All text that printing a value can show: its JSON, and inspect's output with message, stack and causes. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  const whole = { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity, breakLength: Infinity };
  return `${inspect(value, { ...whole, showHidden: true })}\n${jsonOf(value)}`;
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return '';
  }
}

function parentsOfAll(): Map<number, number> {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(Number(name));
    if (parent !== undefined) parents.set(Number(name), parent);
  }
  return parents;
}

/** Undefined for a process that has ended, even if it is not reaped yet (a zombie). */
function parentOf(pid: number): number | undefined {
  const [state, parent] = readProc(pid, 'stat').replace(/^.*\) /s, '').split(' ');
  return state === undefined || state === 'Z' || state === 'X' || parent === undefined ? undefined : Number(parent);
}

function programOf(pid: number): string {
  return readProc(pid, 'comm').trim();
}

function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
