/** The output of the command line: the table, the summary, log lines. */
import { describe, expect, it } from 'vitest';
import { errorLine } from '../../../src/apps/cli/program/fatal-errors.js';
import { createLogger } from '../../../src/apps/cli/program/logger.js';
import { readableLine, withoutControls } from '../../../src/apps/cli/program/readable.js';
import { readableSummary, summaryOf } from '../../../src/apps/cli/stream/summary.js';
import { type View, tableText } from '../../../src/apps/cli/stream/camera-table.js';
import { EMPTY_LEDGER, type Ledger } from '../../../src/ledger/ledger.js';
import { sizeText } from '../../../src/ledger/report/report.js';
import { type CameraStats, statsOf } from '../../../src/ledger/report/stats.js';

const WIDE = { columns: 200, rows: 24 };
const broker: View['brokers'][number] = { address: 'kafka://localhost:9092', state: { status: 'connected', outbox: { messages: 0, bytes: 0 } } };

describe('table', () => {
  it('has a line for each camera, and one for the broker', () => {
    const streaming = statsWith({ state: 'streaming', counts: { published: 12 }, dropped: { outbox: 3 }, encoder: 'libx265' }, { captured: 25, published: 5 });
    const waiting = statsWith({ state: 'waiting', nextAttemptAt: Date.now() + 4_500 });
    const lines = tableText({ cameras: [{ key: 'camera_1', stats: streaming }, { key: 'gate', stats: waiting }], brokers: [broker] }, WIDE).split('\n');
    expect(lines[0]).toMatch(/camera +state +fps in +fps out +published +dropped +latency +flight +next +encoder/);
    expect(lines[1]).toMatch(/^camera_1 +streaming +25\.0 +5\.0 +12 +3 outbox +- +0 +- +libx265$/);
    expect(lines[2]).toMatch(/^gate +waiting +0\.0 +0\.0 +0 +0 +- +0 +in [45] s +-$/);
    expect(lines[3]).toMatch(/^2 cameras: 1 streaming, 1 waiting; 25\.0 fps in, 5\.0 out$/);
    expect(lines[4]).toBe('to kafka://localhost:9092  connected');
  });

  it('shows what the broker has not taken, and why', () => {
    const state: View['brokers'][number]['state'] = { status: 'unavailable', outbox: { messages: 7, bytes: 150_000 }, error: new Error('connect ECONNREFUSED') as never };
    expect(tableText({ cameras: [], brokers: [{ ...broker, state }] }, WIDE)).toContain('unavailable, outbox 7 messages, 150.0 kB, connect ECONNREFUSED');
  });

  it.each([20, 80, 120])('has no line longer than %i columns', (columns) => {
    const cameras = [{ key: 'a'.repeat(100), stats: statsWith({ encoder: 'x'.repeat(50) }) }];
    for (const line of tableText({ cameras, brokers: [broker] }, { columns, rows: 24 }).split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
  });

  it('fits 80 columns with a short key', () => {
    const stats = statsWith({ state: 'streaming', encoder: 'libx265' }, { captured: 25, published: 25 });
    expect(tableText({ cameras: [{ key: 'camera_1', stats }], brokers: [broker] }, { columns: 80, rows: 24 })).toContain('libx265');
  });

  it('counts the cameras that find no room', () => {
    const cameras = Array.from({ length: 30 }, (_, index) => ({ key: `c${index}`, stats: statsWith({}) }));
    const lines = tableText({ cameras, brokers: [broker] }, { columns: 100, rows: 10 }).split('\n');
    expect(lines.length).toBeLessThan(10);
    expect(lines).toContain('… and 25 more');
    expect(lines.at(-2)).toMatch(/^30 cameras: 30 idle; /);
  });

  it('has the last error of a camera in trouble beside its state, and such cameras first if there is no room for all', () => {
    const streaming = statsWith({ state: 'streaming' }, { captured: 25 });
    const failed = { ...statsWith({ state: 'waiting', counts: { reconnects: 3 }, nextAttemptAt: Date.now() + 4_500 }), lastError: 'SOURCE_REFUSED' };
    const cameras = [...Array.from({ length: 30 }, (_, index) => ({ key: `c${index}`, stats: streaming })), { key: 'gate', stats: failed, reason: 'rtsp://***@gate refused the connection' }];
    const lines = tableText({ cameras, brokers: [broker] }, { columns: 100, rows: 10 }).split('\n');
    expect(lines[1]).toMatch(/^gate +waiting +again in [45] s: rtsp:\/\/\*\*\*@gate refused the connection$/);
    const painted = tableText({ cameras, brokers: [broker] }, { columns: 60, rows: 10, paint: (style, text) => `<${style}>${text}</${style}>` }).split('\n');
    expect(painted[1]).toMatch(/^gate +<yellow>waiting +again in [45] s: rtsp:.*…<\/yellow>$/);
    expect(painted[2]).toMatch(/^c0 +<green>streaming<\/green> +25\.0/);
    expect(painted.map((line) => line.replace(/<[^>]*>/g, '').length).filter((length) => length > 60)).toEqual([]);
  });

  it('keeps the error of a camera that connects again, says which are frozen, and how many in trouble have no line', () => {
    const away = { key: 'gate', stats: statsWith({ state: 'connecting', counts: { reconnects: 3 } }), reason: 'the connection was refused' };
    const frozen = { key: 'yard', stats: statsWith({ state: 'streaming' }, { captured: 25 }), isFrozen: true };
    const lines = tableText({ cameras: [away, frozen], brokers: [broker], notes: ['1 not enabled in the file: camera-17'] }, WIDE).split('\n');
    expect(lines[1]).toMatch(/^gate +connecting +again now: the connection was refused$/);
    expect(lines[2]).toMatch(/^yard +frozen +25\.0/);
    expect(lines[3]).toMatch(/^2 cameras: 1 connecting, 1 frozen; /);
    expect(lines.at(-1)).toBe('1 not enabled in the file: camera-17');
    const many = tableText({ cameras: [...Array.from({ length: 30 }, (_, index) => ({ key: `c${index}`, stats: statsWith({ state: 'streaming' }) })), ...Array.from({ length: 9 }, () => ({ ...away }))], brokers: [broker] }, { columns: 100, rows: 10 });
    expect(many).toContain('… and 34 more, 4 of them in trouble: --dashboard shows all');
  });

  it('has a bar for files, while they are downloaded and played', () => {
    const cameras = [
      { key: 'clip', stats: statsWith({ state: 'connecting' }), progress: { share: 0.45, isDownload: true } },
      { key: 'other', stats: statsWith({ state: 'streaming' }), progress: { share: 1, isDownload: false } }, { key: 'gate', stats: statsWith({}) },
    ];
    const lines = tableText({ cameras, brokers: [broker] }, WIDE).split('\n');
    expect(lines[0]).toMatch(/^camera +state +done +fps in /);
    expect(lines[1]).toMatch(/^clip +connecting +↓███▋ +45 % +0\.0/);
    expect(lines[2]).toMatch(/^other +streaming +████████ 100 % +0\.0/);
    expect(lines[3]).toMatch(/^gate +idle +- +-/);
  });

  it('lets no key move the cursor', () => {
    expect(tableText({ cameras: [{ key: '\u001b[2Jx', stats: statsWith({}) }], brokers: [broker] }, WIDE)).not.toContain('\u001b');
  });
});

describe('summary', () => {
  const a = statsWith({ counts: { captured: 10, published: 6, skipped: 2, bytes: 1000, reconnects: 1 }, dropped: { outbox: 2 }, encoder: 'libx265' });
  const b = statsWith({ counts: { captured: 5, published: 4, bytes: 500 }, dropped: { stopped: 1 }, encoder: 'hevc_nvenc' });

  it('has the counts of one camera', () => {
    expect(summaryOf([{ key: 'a', stats: a }])).toEqual({
      captured: 10, published: 6, delivered: 0, skipped: 2, dropped: { ...EMPTY_LEDGER.dropped, outbox: 2 }, inFlight: 0, duplicates: 0,
      bytes: 1000, reconnects: 1, encoder: 'libx265',
    });
  });

  it('sums several up, and has each', () => {
    const summary = summaryOf([{ key: 'a', stats: a }, { key: 'b', stats: b }]);
    expect(summary).toMatchObject({ captured: 15, published: 10, skipped: 2, dropped: { outbox: 2, stopped: 1 }, bytes: 1500, reconnects: 1, encoder: 'libx265, hevc_nvenc' });
    expect(summary.cameras).toMatchObject({ a: { captured: 10, encoder: 'libx265' }, b: { published: 4, dropped: { stopped: 1 } } });
  });

  it('adds what a camera did before it was replaced', () => {
    expect(summaryOf([{ key: 'a', stats: a }, { key: 'b', stats: b }, { key: 'a', stats: b }]).cameras).toMatchObject({ a: { captured: 15 }, b: { captured: 5 } });
    expect(summaryOf([{ key: 'a', stats: a }, { key: 'a', stats: b }])).toMatchObject({ captured: 15 });
  });

  it('is a line for each camera in words', () => {
    expect(readableSummary(summaryOf([{ key: 'a', stats: a }]), ['a'])).toBe(
      'a: 10 frames captured, 6 published (1.0 kB), 2 skipped, 2 dropped (outbox 2), 1 reconnects, encoder libx265\n');
    expect(readableSummary(summaryOf([{ key: 'a', stats: a }, { key: 'b', stats: b }]), ['a', 'b']).trimEnd().split('\n')).toHaveLength(2);
  });
});

describe('createLogger', () => {
  it('writes no secret, in any member, and stays JSON', () => {
    const lines: string[] = [];
    const logger = createLogger('info', ['123', 'hidden"pw'], (line) => { lines.push(line); });
    logger.info({ url: 'rtsp://u:other@h/s', count: 41234, inner: { list: ['x123', 'hidden"pw'] } }, 'with 123');
    logger.error(new Error('hidden"pw'));
    logger.child({ part: 'a' }).warn({ err: new Error('to redis://:third@h') }, '%s', 'hidden"pw');
    const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(records[0]).toMatchObject({ count: 41234, inner: { list: ['x***', '***'] }, msg: 'with ***', url: 'rtsp://***@h/s' });
    expect(lines.join('')).not.toMatch(/other|hidden|third/);
  });
});

describe('readable', () => {
  it('puts a log line in words', () => {
    const line = JSON.stringify({ level: 40, time: 0, pid: 1, hostname: 'h', name: 'rxcam', camera: 'gate', attempt: 2, error: { code: 'X', message: 'no\u001b answer' }, msg: 'retrying' });
    expect(readableLine(`${line}\n`)).toMatch(/^\d\d:\d\d:\d\d WARN {2}gate retrying attempt=2 error="no\? answer"$/);
    expect(readableLine('no JSON\n')).toBe('no JSON');
    const failed = JSON.stringify({ level: 50, time: 0, camera: 'gate', error: { code: 'X', message: 'no\u001b answer' }, msg: 'failed' });
    expect(readableLine(line, failed)).toMatch(/ gate retrying attempt=2$/);
    expect(readableLine(JSON.stringify({ level: 40, time: 0, camera: 'gate', nextAttemptAt: 1_795_940_308_784, msg: 'retrying' }))).toMatch(/ retrying nextAttemptAt=\d\d:\d\d:\d\d$/);
  });

  it.each([[0, '0 B'], [999, '999 B'], [1000, '1.0 kB'], [253_973, '254.0 kB'], [5e9, '5.0 GB'], [5e15, '5000.0 TB']])('shows %d bytes as %s', (bytes, shown) => {
    expect(sizeText(bytes)).toBe(shown);
  });

  it('takes control characters out of text', () => {
    expect(withoutControls('a\u001b[31m\r\nb')).toBe('a?[31m??b');
  });

  it('brings an error into one line without credentials', () => {
    expect(errorLine(new Error('first\n  second rtsp://u:pw@h'))).toBe('first second rtsp://***@h');
    expect(errorLine('text')).toBe('text');
  });
});

interface Some {
  state?: Ledger['state'];
  counts?: Partial<Ledger['counts']>;
  dropped?: Partial<Ledger['dropped']>;
  nextAttemptAt?: number;
  encoder?: string;
}

function statsWith({ state = 'idle', counts = {}, dropped = {}, nextAttemptAt, encoder }: Some, rate: Partial<CameraStats['rate']> = {}): CameraStats {
  const stats = statsOf({
    ...EMPTY_LEDGER, state,
    counts: { ...EMPTY_LEDGER.counts, ...counts }, dropped: { ...EMPTY_LEDGER.dropped, ...dropped },
    ...(nextAttemptAt !== undefined && { nextAttemptAt }),
    ...(encoder !== undefined && { encoder: { name: encoder, hardware: false, reason: '' } }),
  });
  return { ...stats, rate: { ...stats.rate, ...rate } };
}
