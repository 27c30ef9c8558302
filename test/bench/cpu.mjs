/** CPU time of whole process trees, and paired comparisons of it. Linux only: it reads /proc. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** User and system CPU seconds of all child processes that have ended and been reaped, their own children included. */
export function childrenSeconds() {
  const fields = readFileSync('/proc/self/stat', 'utf8').replace(/^.*\) /, '').split(' ');
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
}

/** Runs a command to its end; returns its CPU seconds and its stdout. */
export async function cpuSeconds(command, args, options = {}) {
  const before = childrenSeconds();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], ...options });
  let output = '';
  child.stdout.on('data', (chunk) => { output += chunk; });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${command} ended with ${code}`);
  return { seconds: childrenSeconds() - before, output };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

/** Runs both `pairs` times, each first in turn; prints each pair and the median of the ratios. `seen` is called with the seconds of each pair. */
export async function compare(name, pairs, reference, candidate, seen = (_reference, _candidate) => undefined) {
  const ratios = [];
  for (let pair = 1; pair <= pairs; pair++) {
    const [a, b] = pair % 2 === 1 ? [await reference(), await candidate()] : (await swapped(reference, candidate));
    ratios.push(b / a);
    seen(a, b);
    console.log(`${name} pair ${pair}: reference ${a.toFixed(2)} s, rxcam ${b.toFixed(2)} s, ratio ${(b / a).toFixed(3)}`);
  }
  console.log(`${name}: median ratio ${median(ratios).toFixed(3)} (${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}, ${pairs} pairs)`);
  return ratios;
}

async function swapped(reference, candidate) {
  const b = await candidate();
  return [await reference(), b];
}
