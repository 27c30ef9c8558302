/** The state of the soak test, as lines of text. */
import type { Broker } from 'rxcam';
import type { SoakCamera } from './cameras.js';
import type { Faults } from './faults.js';

let cpuBefore = process.cpuUsage();
let timeBefore = performance.now();

/** Node's memory and CPU, the brokers, the faults so far, and a line for each camera. */
export function minuteLines(minute: number | 'end', cameras: readonly SoakCamera[], brokers: readonly Broker[], faults: Faults): string[] {
  // With --expose-gc, so that memory without references is not counted.
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const outboxes = brokers.map(({ kind, state }) => `${kind} ${state.status} ${state.outbox.messages}`).join(', ');
  return [
    `--- minute ${minute}: rss ${mb(rss)}, heap ${mb(heapUsed)}, external ${mb(external)}, cpu ${cpuPercent()} %, outbox: ${outboxes}`,
    `    faults: ${counts(faults.counts)}`,
    ...cameras.map(cameraLine),
  ];
}

function cameraLine(one: SoakCamera): string {
  const { captured, published, skipped, delivered, inFlight, duplicates, dropped, reconnects, state } = one.gate.stats;
  const lost = counts(new Map(Object.entries(dropped).filter(([, count]) => count > 0)));
  return [
    `    ${one.name.padEnd(22)} ${one.isBalanced ? 'balanced' : 'NOT BALANCED'} ${state.padEnd(10)} ffmpeg ${one.processes().length} (most ${one.mostProcesses})`,
    `captured ${captured} = published ${published} + skipped ${skipped} + delivered ${delivered} + dropped ${lost} + in flight ${inFlight}`,
    `duplicates ${duplicates}, reconnects ${reconnects}, failures: ${counts(one.failures)}`,
    consumerText(one),
  ].join('; ');
}

function consumerText({ consumer: { verdicts, status, failures } }: SoakCamera): string {
  const { whole, repeated, torn, gaps, dropped, lost, late, expired } = verdicts;
  return `consumer ${status}, ${failures} failures: whole ${whole}, repeated ${repeated}, torn ${torn}, gaps ${gaps}: dropped ${dropped}, lost ${lost - late}, expired ${expired}`;
}

/** Percent of one core, since the last call. */
function cpuPercent(): number {
  const [now, cpu] = [performance.now(), process.cpuUsage(cpuBefore)];
  const percent = (cpu.user + cpu.system) / 10 / (now - timeBefore);
  cpuBefore = process.cpuUsage();
  timeBefore = now;
  return Math.round(percent * 10) / 10;
}

function counts(of: ReadonlyMap<string, number>): string {
  return of.size === 0 ? '0' : `(${[...of].map(([name, count]) => `${name} ${count}`).join(', ')})`;
}

function mb(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}
