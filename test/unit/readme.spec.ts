/** The tables of the pages are true: options and their defaults, errors, events, statistics, headers, flags. */
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { marbles, fakeCamera } from '../../marbles/kit/index.js';
import { BROKERS, BROKER_NAMES } from '../../src/broker/index.js';
import { FLAGS, TOPIC_FLAGS } from '../../src/apps/cli/flags/index.js';
import {
  BROKER, DELIVER, H265, JPEG, KAFKA, LIVENESS, MATRICE, OUTBOX, RETRY, SNAPSHOT, SOURCE, STATS, STREAMER, TEST_SOURCE,
} from '../../src/core/defaults/defaults.js';
import { STEPS } from '../../src/core/steps/index.js';
import { SUBSCRIBE } from '../../src/core/defaults/reading.js';
import { DOWNLOAD, PROCESS } from '../../src/core/defaults/limits.js';
import { DROP_CAUSES, PLACES } from '../../src/core/events.js';
import type { EncodedFrame } from '../../src/core/frame/frame.js';
import { EMPTY_LEDGER } from '../../src/ledger/ledger.js';
import { FORMATS } from '../../src/message/index.js';
import { report } from '../../src/ledger/report/report.js';
import { statsOf } from '../../src/ledger/report/stats.js';
import { STEPS_WITH_OPTIONS, brokerFileOf, configOf, membersOf, parse } from './interfaces.js';
import { MANUAL, namesIn, tableOf, textOf } from './readme.js';

type Value = number | string | boolean;

interface Options {
  readonly heading: string;
  /** Where they are declared. */
  readonly file: string;
  readonly type: string;
  /** Values of options that are not given; those without a fixed value are left out. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

const CAMERA_DEFAULTS = { ...SOURCE, ...LIVENESS, logEveryFrames: STATS.logEveryFrames };
const OUTBOX_OPTIONS = { 'outbox.maxBytes': OUTBOX.maxBytes, 'outbox.maxMessages': OUTBOX.maxMessages };

const OPTIONS: readonly Options[] = [
  {
    heading: 'Options of camera', file: 'src/camera/camera-config.ts', type: 'CameraConfig',
    defaults: CAMERA_DEFAULTS,
  },
  ...STEPS_WITH_OPTIONS.map((heading) => {
    const [file, type] = configOf(heading);
    return { heading, file, type, defaults: STEPS[heading].defaults };
  }),
  { heading: 'snapshot', file: 'src/apps/snapshot.ts', type: 'SnapshotConfig', defaults: { ...JPEG, ...SNAPSHOT } },
  { heading: 'toMessage', file: 'operators/to-message.ts', type: 'ToMessageConfig', defaults: { serviceId: MATRICE.serviceId, format: Object.keys(FORMATS)[0], stripInputContent: false, unchanged: 'skip' } },
  { heading: 'publish', file: 'operators/publish.ts', type: 'PublishConfig', defaults: { ...OUTBOX_OPTIONS, maxInFlight: BROKER.maxInFlight } },
  { heading: 'deliver', file: 'operators/deliver.ts', type: 'DeliverConfig', defaults: { ...OUTBOX_OPTIONS, ...DELIVER } },
  { heading: 'retry', file: 'operators/retry.ts', type: 'RetryConfig', defaults: { ...RETRY, random: 'Math.random' } },
  { heading: 'stats', file: 'operators/stats.ts', type: 'StatsConfig', defaults: { every: STATS.every } },
  { heading: 'subscribe', file: 'operators/subscribe.ts', type: 'SubscribeConfig', defaults: { ...SUBSCRIBE, 'partitions': 'key', 'inbox.maxMessages': SUBSCRIBE.maxMessages, 'inbox.maxBytes': SUBSCRIBE.maxBytes } },
  { heading: 'verify', file: 'operators/verify.ts', type: 'VerifyConfig', defaults: {} },
  ...BROKER_NAMES.map((name): Options => {
    const { title, config, defaults } = BROKERS[name];
    return { heading: title, file: brokerFileOf(config), type: config, defaults: defaults() };
  }),
  { heading: 'CameraStreamer', file: 'src/apps/streamer/options.ts', type: 'CameraStreamerConfig', defaults: STREAMER },
  { heading: 'Starting a stream', file: 'src/apps/streamer/options.ts', type: 'StartStreamConfig', defaults: STREAMER },
  { heading: 'The source group', file: 'src/camera/camera-config.ts', type: 'CameraConfig', defaults: CAMERA_DEFAULTS },
  { heading: 'The encoder group', file: 'operators/encode-h265.ts', type: 'EncodeH265Config', defaults: H265 },
  { heading: 'The retry group', file: 'operators/retry.ts', type: 'RetryConfig', defaults: { ...RETRY, random: 'Math.random' } },
  { heading: 'The statistics group', file: 'operators/stats.ts', type: 'StatsConfig', defaults: STATS },
  { heading: 'The outbox group', file: 'src/broker/outbox/outbox-options.ts', type: 'OutboxConfig', defaults: OUTBOX },
];

describe.each(OPTIONS)('the options below $heading', ({ heading, file, type, defaults }) => {
  const { columns, rows: cells } = tableOf(heading, 'option', 'default');
  const rows = cells.map((row) => [namesIn(row[0]), row[columns.indexOf('default')] ?? ''] as const);

  it('are those of the type, all of them', () => {
    expect(rows.flatMap(([names]) => names).sort()).toEqual(membersOf(file, type).sort());
  });

  it('have the defaults that the code has', () => {
    const told = rows.flatMap(([names, standard]) => names.map((name) => [name, valueOf(standard)] as const));
    for (const [name, value] of told) if (value !== undefined) expect([name, value]).toEqual([name, defaults[name]]);
    const silent = told.filter(([name, value]) => value === undefined && defaults[name] !== undefined && name !== 'brokers');
    expect(silent).toEqual([]);
  });
});

describe('the text', () => {
  it.each([
    [`waits ${waits()} s, without limit`],
    [`after ${BROKER.retryInitialMs}, ${2 * BROKER.retryInitialMs} … ${BROKER.retryMaxMs.toLocaleString('en')} ms`],
    [`SIGKILL after ${PROCESS.killAfterMs / 1000} s`],
    [`ffmpeg's last ${PROCESS.stderrLines} lines`],
    [`for ${BROKER.closeDeadlineMs / 1000} s at most`],
    [`kept below ${DOWNLOAD.cacheBytes / 1024 ** 3} GiB`],
    [`test:?size=${TEST_SOURCE.width}x${TEST_SOURCE.height}&fps=${TEST_SOURCE.fps}`],
    [`add-config max.message.bytes=${KAFKA.maxMessageBytes}`],
  ])('says: %s', (words) => {
    expect(MANUAL + textOf('docs/errors.md')).toContain(words);
  });

  it('says that a source which can wait is paused at half of a limit, and resumes below a quarter', () => {
    expect(MANUAL).toContain('waits from half of the limit until it is below a quarter');
    expect(OUTBOX).toMatchObject({ highWater: 0.5, lowWater: 0.25 });
  });

  it('names flags that there are', () => {
    const section = textOf('docs/operate/command-line.md');
    const known = [...FLAGS, ...TOPIC_FLAGS].flatMap((group) => group.flags).map(({ flags }) => flags.split(' ')[0]);
    const named = [...section.matchAll(/--[a-z][a-z-]*/g)].map(([flag]) => flag);
    expect(named.filter((flag) => flag !== '--help' && !known.includes(flag))).toEqual([]);
  });
});

describe('a table', () => {
  it('has every cause of a drop, and the text every place', () => {
    expect(tableOf('Drop causes', 'cause').rows.flatMap(([cause]) => namesIn(cause))).toEqual(DROP_CAUSES);
    for (const place of PLACES) expect(MANUAL).toContain(`\`${place}\``);
  });

  it('has every event, with its members', () => {
    const events = eventsOf();
    const told = tableOf('Events', 'type', 'members').rows.flatMap(([types, , members = '']) =>
      namesIn(types).map((type) => [type, namesIn(members.replace(/:.*/, ''))] as const));
    expect(told.map(([type]) => type).sort()).toEqual([...events.keys()].sort());
    for (const [type, members] of told) expect(events.get(type)).toEqual(expect.arrayContaining(members));
  });

  it('has every field of the statistics', () => {
    const table = tableOf('Statistics', 'field', 'unit');
    const optional = ['nextAttemptAt', 'lastError', 'encoder', 'codec'];
    expect(table.rows.flatMap(([names]) => namesIn(names)).sort()).toEqual([...Object.keys(statsOf(EMPTY_LEDGER)), ...optional].sort());
    const { rate, read } = statsOf(EMPTY_LEDGER);
    expect(namesIn(table.rows.find(([name]) => name === '`rate`')?.[2]).sort()).toEqual(Object.keys(rate).sort());
    expect(MANUAL).toContain(`\`{ ${['count', 'last', 'min', 'mean', 'p50', 'p99', 'max'].join(', ')} }\``);
    expect(Object.keys(read).sort()).toEqual(['count', 'last', 'min', 'mean', 'p50', 'p99', 'max'].sort());
  });

  it('has every figure of the report', () => {
    const figures = report(statsOf(EMPTY_LEDGER));
    expect(tableOf('The report', 'field').rows.flatMap(([names]) => namesIn(names)).sort()).toEqual(Object.keys(figures).sort());
    expect(MANUAL).toContain(`\`{ ${['count', 'min', 'mean', 'p50', 'p99', 'max'].join(', ')} }\``);
    expect(Object.keys(figures.read).sort()).toEqual(['count', 'min', 'mean', 'p50', 'p99', 'max'].sort());
  });

  it('has every header of a message', () => {
    const frame: EncodedFrame = {
      camera: 'c', run: 1, seq: 1, lastSeq: 2, frames: 2, pts: 0, capturedAt: 0, width: 2, height: 2, encoder: 'e', encodeMs: 0,
      pictures: [{ seq: 1, pts: 0, capturedAt: 0 }, { seq: 2, pts: 40_000, capturedAt: 40 }],
      codec: 'h265', mode: 'stream', keyframe: false, keyframeAt: 0, hidden: 1, crf: 23, quality: 80, rotation: 90, sampleAspectRatio: '16:11', data: Buffer.from('x'),
      unchanged: { similarity: 1, threshold: 1, reference: { seq: 1, data: Buffer.from('x') } },
    };
    const context = { camera: 'c', run: 1, inputOrder: 2, referenceOrder: 1, processRun: 'p', key: 'k', location: 'l', group: 'g', name: 'n' };
    const { headers = {}, previousOrderHeader = '', epochHeader = '', handoverHeader = '' } = FORMATS.cloudevents(frame, context);
    expect(tableOf('cloudevents', 'header').rows.flatMap(([names]) => namesIn(names)).sort()).toEqual([...Object.keys(headers), previousOrderHeader, epochHeader, handoverHeader].sort());
  });

  it('has every field of a matrice message, in its order', () => {
    const frame: EncodedFrame = {
      camera: 'c', run: 1, seq: 1, lastSeq: 2, frames: 2, pts: 0, capturedAt: 0, width: 2, height: 2, fps: 5, encoder: 'e', encodeMs: 0,
      codec: 'h265', mode: 'stream', keyframe: true, crf: 23, data: Buffer.from('x'),
    };
    const context = { camera: 'c', run: 1, inputOrder: 1, processRun: 'p', key: 'k' };
    const namesOf = (more: Partial<EncodedFrame>) => {
      const document = JSON.parse(String(FORMATS.matrice({ ...frame, ...more }, context).value)) as Record<string, object>;
      return [...Object.keys(document), ...Object.keys(document['input_stream'] ?? {})];
    };
    const unchanged = { similarity: 1, threshold: 1, reference: { seq: 1, data: Buffer.from('x') } };
    const inTable = tableOf('matrice', 'field').rows.flatMap(([names]) => namesIn(names));
    expect(inTable).toEqual([...new Set([...namesOf({}), ...namesOf({ unchanged })])]);
  });

  it('has the letters of fakeCamera, in the order of their failures', () => {
    const [letters, about] = tableOf('Testing your own pipelines', 'letter').rows.find(([cell]) => cell?.includes('`R`')) ?? [];
    const named = namesIn(letters).map((letter) => {
      let name = '';
      marbles(() => { fakeCamera(`f${letter}`).subscribe({ error: (error: unknown) => { name = (error as Error).name; } }); });
      return name;
    });
    expect(named).toEqual(namesIn(about));
  });
});

/** `5,000 ms`, `16 MiB`, `true`, `` `frame` ``; undefined if it is not a single value. */
function valueOf(cell: string): Value | undefined {
  const [, amount, unit = ''] = /^(-?[\d,]+(?:\.\d+)?)(?: (ms|MiB|GiB))?$/.exec(cell) ?? [];
  if (amount !== undefined) return Number(amount.replaceAll(',', '')) * ({ MiB: 1024 ** 2, GiB: 1024 ** 3 }[unit] ?? 1);
  if (cell === 'true' || cell === 'false') return cell === 'true';
  return /^`([^`]+)`$/.exec(cell)?.[1];
}

function waits(): string {
  const { initialMs: initial, factor, maxMs: max } = RETRY;
  return `${[0, 1, 2, 3].map((n) => Math.min(max, initial * factor ** n) / 1000).join(', ')}, ${max / 1000} …`;
}

/** The types of events, with the names of their members. */
function eventsOf(): Map<string, string[]> {
  const events = new Map<string, string[]>();
  for (const statement of parse('src/core/events.ts').statements) {
    if (!ts.isInterfaceDeclaration(statement)) continue;
    const type = /readonly type: '(\w+)'/.exec(statement.getText())?.[1];
    if (type !== undefined) events.set(type, statement.members.map((member) => (member.name as ts.Identifier).text));
  }
  return events;
}
