/** Memory has a ceiling: while the broker takes nothing and cameras continue, a process keeps what its outbox may keep, and no more. */
import { execFile } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { freePort, needs, startTcpProxy, threeQuestions, type Counts } from '../services/index.js';

const MIB = 1024 * 1024;
const CAMERAS = 6;
/** Six queues could hold more than the handle may: both bounds are met. */
const HANDLE_BYTES = 16 * MIB;
const LANE_BYTES = 4 * MIB;
/** Memory beside the outbox, of any size: pipes' chunks, garbage not yet collected, the allocator's reserves. */
const OVERHEAD_BYTES = 96 * MIB;
/** Bytes in Node's buffers beside the outbox when all garbage is collected. */
const BUFFERS_BYTES = 10 * MIB;
const PASSWORD = 'hush/hush#1';

interface Outcome {
  readonly rss: { readonly first: number; readonly full: number; readonly most: number };
  readonly mostBytes: number;
  readonly droppedBytes: number;
  readonly kept: { readonly arrayBuffers: number; readonly outbox: number };
  readonly reconnects: number;
  readonly errors: readonly string[];
  readonly report: { readonly unsent: number };
  readonly held: { readonly messages: number; readonly bytes: number };
  readonly status: string;
  readonly stats: readonly (Counts & { readonly droppedTotal: number })[];
}

async function runAgainst(address: string): Promise<Outcome> {
  const program = fileURLToPath(new URL('fixtures/ceiling.mjs', import.meta.url));
  const url = `redis://:${encodeURIComponent(PASSWORD)}@${address}`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--expose-gc', program, url, String(CAMERAS), String(HANDLE_BYTES), String(LANE_BYTES)], { maxBuffer: 64 * MIB });
  expect(stderr).toBe('');
  const outcome = JSON.parse(stdout) as Outcome;
  await threeQuestions({ stats: outcome.stats, secrets: [PASSWORD], logs: [stdout] });
  tell(outcome);
  return outcome;
}

function staysBelow({ rss, mostBytes, droppedBytes, kept, held, status, reconnects, stats, report }: Outcome): void {
  expect(status).toBe('unavailable');
  expect(reconnects).toBe(0);
  expect(mostBytes).toBeLessThanOrEqual(HANDLE_BYTES);
  expect(mostBytes).toBeGreaterThan(0.9 * HANDLE_BYTES);
  expect(report.unsent).toBe(held.messages);
  for (const { dropped, published } of stats) {
    expect(published).toBe(0);
    expect(dropped['outbox']).toBeGreaterThan(0);
  }
  expect(rss.most - rss.first).toBeLessThan(HANDLE_BYTES + OVERHEAD_BYTES);
  // More than that was dropped: had it been kept somewhere, it would be here.
  expect(droppedBytes).toBeGreaterThan(BUFFERS_BYTES);
  expect(kept.arrayBuffers).toBeLessThan(kept.outbox + BUFFERS_BYTES);
}

function tell({ rss, kept, mostBytes, droppedBytes, stats }: Outcome): void {
  const to = process.env['RXCAM_FAULT_OUTCOMES'];
  if (to === undefined) return;
  const mib = (bytes: number) => Math.round(bytes / MIB);
  const { testPath, currentTestName } = expect.getState();
  const memory = { first: mib(rss.first), full: mib(rss.full), most: mib(rss.most), buffers: mib(kept.arrayBuffers), outbox: mib(mostBytes), passed: mib(droppedBytes) };
  appendFileSync(to, `${JSON.stringify({ file: testPath, test: currentTestName, memory, dropped: stats.map((one) => one.droppedTotal) })}\n`);
}

needs('ffmpeg')(`${CAMERAS} cameras and a broker that takes nothing`, () => {
  it('because nothing listens: no more than the outbox is kept', async () => {
    staysBelow(await runAgainst(`127.0.0.1:${await freePort()}`));
  });

  it('because it hangs: no more than the outbox is kept, with what is on its way', async () => {
    const proxy = await startTcpProxy({ port: 9 });
    proxy.blackHole();
    try {
      staysBelow(await runAgainst(proxy.address));
    } finally {
      await proxy.stop();
    }
  });
});
