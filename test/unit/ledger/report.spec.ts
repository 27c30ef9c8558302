/** The report: its figures for one camera and for several, in words, and every so many frames in the log. */
import { from, lastValueFrom, map, timer } from 'rxjs';
import type { Logger } from 'pino';
import { describe, expect, it } from 'vitest';
import { fakeEngine, marbles } from '../../../marbles/kit/index.js';
import { encodeH265, publish, skipRate, stats, subscribe, toMessage, verify } from '../../../operators/index.js';
import { memory } from '../../../src/broker/index.js';
import { camera } from '../../../src/camera/camera.js';
import { EMPTY_LEDGER } from '../../../src/ledger/ledger.js';
import { report, reportText } from '../../../src/ledger/report/report.js';
import { type CameraStats, statsOf } from '../../../src/ledger/report/stats.js';
import { message } from '../broker/outbox-fakes.js';

const NOTHING = statsOf(EMPTY_LEDGER);
const times = (count: number, min: number, mean: number, max: number) => ({ count, last: max, min, mean, p50: mean, p99: max, max });

const gate: CameraStats = {
  ...NOTHING, at: 10, state: 'streaming', captured: 100, published: 40, delivered: 10, skipped: 50, thinned: 30, diff: 20, bytesSaved: 5_000, droppedTotal: 3,
  bytes: 1_200_000, frameBytes: 700, codec: 'h265', read: times(100, 30, 40, 50), process: times(50, 5, 10, 15), write: times(40, 1, 2, 9),
};
const yard: CameraStats = {
  ...NOTHING, at: 20, state: 'waiting', captured: 300, published: 100, skipped: 200, thinned: 200, bytes: 800_000, frameBytes: 900, codec: 'jpeg',
  read: times(300, 20, 80, 90),
};
const idle: CameraStats = { ...NOTHING, at: 30 };

describe('report', () => {
  it('has the counts of one camera, and each picture once', () => {
    expect(report(gate)).toMatchObject({
      streams: 1, activeStreams: 1, full: 50, thinned: 30, diff: 20, total: 100, skipped: 50, fullRate: 0.5, skipRate: 0.3, diffRate: 0.2,
      dropped: 3, bytes: 1_200_000, codecs: ['h265'], lastFrameBytes: 700,
    });
  });

  it('has the times of one camera as they are, without the last', () => {
    const { last: _, ...read } = gate.read;
    expect(report(gate).read).toEqual(read);
    expect(report(gate).latency).toEqual({ count: 0, min: 0, mean: 0, p50: 0, p99: 0, max: 0 });
  });

  it('sums several up, and takes the mean of all their times', () => {
    expect(report([gate, yard, idle])).toMatchObject({
      streams: 3, activeStreams: 2, full: 150, thinned: 230, diff: 20, total: 400, skipped: 250, fullRate: 0.375, skipRate: 0.575, diffRate: 0.05,
      dropped: 3, bytes: 2_000_000, codecs: ['h265', 'jpeg'], lastFrameBytes: 900,
      read: { count: 400, min: 20, mean: 70, p50: 80, p99: 90, max: 90 }, process: { count: 50, min: 5, mean: 10, max: 15 },
    });
  });

  it.each([[[]], [idle]])('has rates without a picture: %#', (stats) => {
    expect(report(stats)).toMatchObject({ total: 0, fullRate: 0, skipRate: 0, diffRate: 0, codecs: [], lastFrameBytes: 0, activeStreams: 0 });
  });

  it('reads as words', () => {
    expect(reportText(report(gate)).split('\n')).toEqual([
      '1 of 1 streams active, 100 frames processed: 50 full (50.0 %), 30 thinned (30.0 %), 20 unchanged (20.0 %); 3 dropped',
      'h265: 1.2 MB published, 5.0 kB saved, last frame 700 B',
      'read    min 30.0, mean 40.0, p50 40.0, p99 50.0, max 50.0 ms',
      'process min 5.0, mean 10.0, p50 10.0, p99 15.0, max 15.0 ms',
      'write   min 1.0, mean 2.0, p50 2.0, p99 9.0, max 9.0 ms',
      'latency -',
    ]);
  });
});

describe('report of received streams', () => {
  const counts = { repeated: 0, torn: 1, fenced: 0, undecodable: 2, gaps: 3, dropped: 4, lost: 5, expired: 6, takeovers: 0 };
  const one = {
    status: 'connected', received: 100, bytes: 2_000_000, failures: 2, rate: { messages: 25, bytes: 500_000 },
    latency: times(100, 10, 20, 90), inbox: { messages: 3, bytes: 60_000 },
  };
  const other = { received: 50, bytes: 1_000_000, rate: { messages: 0, bytes: 0 }, latency: times(50, 5, 50, 60), verdicts: { whole: 47, ...counts } };

  it('has the sums of all, their units in the names', () => {
    expect(report([{ ...one, verdicts: { whole: 99, ...counts } }, other])).toEqual({
      streams: 2, activeStreams: 1, messages: 150, bytes: 3_000_000, messagesPerSecond: 25, bytesPerSecond: 500_000,
      latencyMs: { count: 150, min: 5, mean: 30, p50: 50, p99: 90, max: 90 }, failures: 2, inboxMessages: 3, inboxBytes: 60_000,
      verdicts: { whole: 146, repeated: 0, torn: 2, fenced: 0, undecodable: 4 }, gaps: 6, missing: { dropped: 8, lost: 10, expired: 12 },
    });
  });

  it('takes what subscribe, verify and stats give', async () => {
    const broker = memory();
    const messages = subscribe(broker, { topic: 't', from: 'earliest', to: 'latest' });
    await lastValueFrom(from([1, 2, 3].map((number) => message(number))).pipe(publish(broker, { topic: 't' })));
    const check = verify();
    const last = await lastValueFrom(messages.pipe(check, stats()));
    expect(report({ ...messages.stats, verdicts: check.stats })).toMatchObject({ streams: 1, messages: 3, bytes: last.bytes, gaps: 0 });
    expect(report(last)).toMatchObject({ streams: 1, messages: 3, bytes: messages.stats.bytes, verdicts: { whole: 3 } });
    await broker.close();
  });

  it('reads as words', () => {
    expect(reportText(report([one, other])).split('\n')).toEqual([
      '1 of 2 streams active, 150 messages received, 3.0 MB; now 25.0 messages and 500.0 kB per second',
      '47 whole (2 undecodable), 0 repeated, 1 torn; 3 gaps: 4 dropped, 5 lost, 6 expired',
      'latency min 5.0, mean 30.0, p50 50.0, p99 90.0, max 90.0 ms',
    ]);
  });

  it('has no verdicts if nothing is verified', async () => {
    const figures = report(one);
    expect(Object.keys(figures).filter((name) => ['verdicts', 'gaps', 'missing'].includes(name))).toEqual([]);
    expect(reportText(figures).split('\n')).toHaveLength(2);
    const broker = memory();
    await lastValueFrom(from([1, 2]).pipe(map((number) => message(number)), publish(broker, { topic: 't' })));
    const last = await lastValueFrom(subscribe(broker, { topic: 't', from: 'earliest', to: 'latest' }).pipe(stats()));
    expect(last.received).toBe(2);
    expect('verdicts' in last).toBe(false);
    await broker.close();
  });

  it('refuses cameras and received streams in one list', () => {
    expect(() => report([gate, one] as never)).toThrow('report: 1 cameras and 1 received streams given, expected a report for each kind');
  });
});

describe('the log', () => {
  /** The log lines `published` of ten pictures, one a ms, of which every second is kept. */
  function logged(resetAt: number): Record<string, unknown>[] {
    const lines: Record<string, unknown>[] = [];
    const add = (facts: Record<string, unknown>, message: string) => { if (message === 'published') lines.push(facts); };
    const logger = { info: add, warn: add, error: add } as unknown as Logger;
    marbles(() => {
      const one = camera('test:?duration=1', { key: 'gate', pace: 'asap', engine: fakeEngine('-ffffffffff|'), logger, logEveryFrames: 2 });
      one.pipe(skipRate(2), encodeH265(), toMessage(), publish(memory(), { topic: 't' })).subscribe();
      timer(resetAt).pipe(map(() => { one.resetStats(); })).subscribe();
    });
    return lines;
  }

  it('has the report every so many published frames', () => {
    const lines = logged(100);
    expect(lines.map(({ published, full, thinned, total }) => [published, full, thinned, total])).toEqual([[2, 2, 1, 3], [4, 4, 3, 7]]);
    expect(lines[0]).toMatchObject({ camera: 'gate', codecs: ['h265'], fullRate: 0.6667, skipRate: 0.3333, read: { count: 2, mean: 1 } });
  });

  it('counts again after a reset', () => {
    expect(logged(5.5).map(({ published, full, thinned }) => [published, full, thinned])).toEqual([[2, 2, 1], [2, 2, 2]]);
  });
});
