/** Every group of options refuses what it does not know and what is of a wrong type, and reports it; and takes what docs/reference/options.md allows. */
import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fakeBroker, fakeCamera } from '../../marbles/kit/index.js';
import * as operators from '../../operators/index.js';
import { deliver, publish, record, retry, stats, toMessage } from '../../operators/index.js';
import { BROKERS, BROKER_NAMES, memory } from '../../src/broker/index.js';
import { camera } from '../../src/camera/camera.js';
import { InvalidOption } from '../../src/core/errors/errors.js';
import { STEPS, type StepKind } from '../../src/core/steps/index.js';
import { CameraStreamer } from '../../src/apps/streamer/streamer.js';
import { STEPS_WITH_OPTIONS, brokerFileOf, configOf, membersOf } from './interfaces.js';
import { namesIn, tableOf } from './readme.js';

interface Group {
  /** As errors call it. */
  readonly what: string;
  readonly file: string;
  readonly type: string;
  /** Takes options; only their check runs. */
  readonly make: (options: never) => unknown;
  /** Options without which others are refused. */
  readonly base?: object;
  /** The place of the options in others. */
  readonly at?: string;
}

const handle = memory();
const outboxOf = (outbox: never) => publish(handle, { topic: 't', outbox });

/** A step of the table, with options that allow the most others: those of stream mode, if it has one. */
function stepGroup(kind: StepKind): Group {
  const objects = STEPS[kind].examples.filter((one): one is { readonly mode?: string } => typeof one === 'object' && one !== null);
  const base = objects.find(({ mode }) => mode === 'stream') === undefined ? objects[0] : { mode: 'stream' };
  const [file, type] = configOf(kind);
  return { what: kind, file, type, make: operators[kind] as Group['make'], ...(base !== undefined && { base }) };
}

const GROUPS: readonly Group[] = [
  { what: 'camera', file: 'src/camera/camera-config.ts', type: 'CameraConfig', make: (options) => camera('test:?duration=1', options) },
  ...STEPS_WITH_OPTIONS.map(stepGroup),
  { what: 'toMessage', file: 'operators/to-message.ts', type: 'ToMessageConfig', make: toMessage },
  { what: 'publish', file: 'operators/publish.ts', type: 'PublishConfig', make: (options) => publish(handle, options), base: { topic: 't' } },
  { what: 'publish', file: 'src/broker/outbox/outbox-options.ts', type: 'OutboxConfig', make: outboxOf, at: 'outbox.' },
  { what: 'deliver', file: 'operators/deliver.ts', type: 'DeliverConfig', make: (options) => deliver(() => of(1), options) },
  { what: 'retry', file: 'operators/retry.ts', type: 'RetryConfig', make: retry, base: { initialMs: 0 } },
  { what: 'stats', file: 'operators/stats.ts', type: 'StatsConfig', make: stats },
  ...BROKER_NAMES.map((name): Group => {
    const { config, make, required } = BROKERS[name];
    return { what: name, file: brokerFileOf(config), type: config, make: make as Group['make'], base: required };
  }),
  {
    what: 'CameraStreamer', file: 'src/apps/streamer/options.ts', type: 'CameraStreamerConfig', make: (options) => new CameraStreamer(options),
    base: { serviceId: 's', serverType: 'redis', connection: {} },
  },
  { what: 'fakeCamera', file: 'marbles/kit/fake-camera.ts', type: 'FakeCameraConfig', make: (options) => fakeCamera('f', options) },
  { what: 'fakeBroker', file: 'marbles/kit/fake-broker.ts', type: 'FakeBrokerConfig', make: fakeBroker },
];

/** The error of the group for these options; undefined if it accepts them. */
function refusal({ make, base }: Group, options: object): string | undefined {
  try {
    make({ ...base, ...options } as never);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidOption);
    return (error as Error).message;
  }
}

describe.each(GROUPS.map((group) => [group.type, group] as const))('%s', (_, group) => {
  const { what, at = '' } = group;
  const names = [...new Set(membersOf(group.file, group.type).map((name) => name.split('.')[0] ?? ''))];

  it('has options', () => {
    expect(names).not.toEqual([]);
    expect(refusal(group, {})).toBeUndefined();
  });

  it('refuses an option that it does not know, by its name', () => {
    expect(refusal(group, { colour: 1 })).toBe(`${what}: unknown option 'colour'`);
  });

  it.each(names)('refuses a wrong type for %s, and says what was given', (name) => {
    // Of no option's type: a symbol, and an object with an unknown member, except for Node's TLS options.
    for (const wrong of [Symbol('wrong'), ...(['ssl', 'tls'].includes(name) ? [] : [{ colour: 1 }])]) {
      const message = refusal(group, { [name]: wrong });
      expect(message).toMatch(new RegExp(`^(${what}: option '${at}${name}[.\\w]*': .* given|(${what}|redis|retry): unknown option 'colour'|skipRate: .* given, expected .* \\{ ${name}: )`));
    }
  });

  it.each([[5], ['text'], [null]])('refuses %j in place of options', (wrong) => {
    if (['retry', 'skipRate'].includes(what) && wrong === 5) return;
    expect(() => group.make(wrong as never)).toThrow(InvalidOption);
  });
});

const TABLES: readonly (readonly [heading: string, type: string])[] = [
  ['The source group', 'CameraConfig'], ['The encoder group', 'EncodeH265Config'], ['The retry group', 'RetryConfig'],
  ['The statistics group', 'StatsConfig'], ['The outbox group', 'OutboxConfig'],
];

describe.each(TABLES)('%s', (heading, type) => {
  const group = GROUPS.find((one) => one.type === type) as Group;
  const rows = tableOf(heading, 'option', 'unit', 'default', 'allowed').rows.map(([name = '', , , allowed = '']) => [namesIn(name)[0] ?? '', allowed] as const);

  it.each(rows)('takes for %s: %s', (name, allowed) => {
    const { taken, refused } = samples(allowed);
    expect(taken.length + refused.length).toBeGreaterThan(0);
    for (const value of taken) expect([value, refusal(group, { [name]: value })]).toEqual([value, undefined]);
    for (const value of refused) expect([value, refusal(group, { [name]: value })]).toEqual([value, expect.any(String)]);
  });
});

interface Samples { readonly taken: readonly unknown[]; readonly refused: readonly unknown[] }

/** Values at the edges of what a cell allows, and just beyond. */
function samples(allowed: string): Samples {
  const numbers = /^(whole, )?(?:(from|above) ([\d,]+)|([\d,]+))(?: to ([\d,]+))?/.exec(allowed);
  if (numbers !== null) return numeric(numbers);
  if (allowed === 'a function') return { taken: [() => 1], refused: [1, 'text'] };
  if (allowed === 'a pino logger') return { taken: [{ info: () => undefined }], refused: [1, {}] };
  if (allowed.startsWith('text')) return { taken: ['a'], refused: [1, ''] };
  if (allowed === 'a list of names') return { taken: [[], ['svq1', 'ffv1']], refused: ['svq1', [1], ['a b'], ['']] };
  if (allowed.startsWith('`{ width, height }`')) return { taken: [{ width: 1, height: 1 }], refused: [{ width: 1 }, { width: 0, height: 1 }, { width: 1.5, height: 1 }] };
  if (allowed.startsWith('`{ allow, deny }`')) return { taken: [{}, { allow: ['a', '10.0.0.0/8'], deny: ['*.b'] }], refused: [{ allow: [] }, { deny: 'a' }, { allow: ['a b'] }] };
  if (allowed.startsWith('`largest`')) return { taken: ['largest', 'first', 0, 999], refused: ['nonsense', -1, 0.5, 1_000, '1', NaN] };
  if (allowed.startsWith("`'gop'`")) return { taken: ['gop', { frames: 1 }, { ms: 0.5 }], refused: ['gops', { frames: 0 }, { ms: 0 }] };
  return { taken: namesIn(allowed).map((word) => (word === 'true' || word === 'false' ? word === 'true' : word)), refused: ['nonsense', 1] };
}

function numeric([, whole, edge, from = '', bare = '', to = '']: readonly (string | undefined)[]): Samples {
  const number = (text: string) => Number(text.replaceAll(',', ''));
  const [low, high] = [number(from || bare), number(to)];
  const step = whole === undefined ? 0.001 : 1;
  const isAbove = edge === 'above';
  return {
    taken: [isAbove ? low + step : low, ...(to === '' ? [low + 1_000] : [high])],
    refused: [isAbove ? low : low - step, ...(to === '' ? [] : [high + step]), ...(whole === undefined ? [] : [low + 0.5]), '1', NaN],
  };
}

describe('startStream', () => {
  const refusalOf = (given: object) => {
    const streamer = new CameraStreamer({ serviceId: 's', serverType: 'redis', connection: {} });
    try {
      streamer.startBackgroundStream({ input: 'rtsp://camera.example.com/a', topic: 't', camera: given });
    } catch (error) {
      return error;
    } finally {
      streamer.stopStreaming();
    }
    return undefined;
  };

  it.each<[object, string]>([
    [{ stream: 'second' }, "camera: option 'stream'"], [{ hosts: { deny: ['camera.example.com'] } }, "option 'hosts'"], [{ nice: 20 }, "option 'nice'"], [{ streams: 1 }, 'streams'],
    [{ key: 'k' }, "option 'camera'"], [{ logger: {} }, "option 'camera'"], [[], "option 'camera'"],
  ])('refuses the options of its camera %j, with their name', (given, named) => {
    const refused = refusalOf(given);
    expect(refused).toBeInstanceOf(InvalidOption);
    expect((refused as InvalidOption).message).toContain(named);
  });
});

describe('the test pattern', () => {
  it.each([
    'fps=1e-300', 'fps=-1', 'fps=0', 'fps=NaN', 'fps=Infinity', 'fps=1e300', 'fps=', 'size=0x0', 'size=16385x16', 'size=16x99999', 'size=16384x16384',
    'size=-1x5', 'size=640', 'duration=0', 'duration=-1', 'duration=1e-300', 'duration=1e300', 'duration=Infinity', 'noise=101', 'noise=-1', 'noise=0.5',
    'rate=5', 'size=64x64,movie=/etc/passwd', 'fps=25:duration=1',
  ])('refuses %s, with what is allowed', (query) => {
    expect(() => camera(`test:?${query}`)).toThrow(InvalidOption);
    expect(() => camera(`test:?${query}`)).toThrow(/source test:.*(option '\w+'.* given, |unknown option)/);
  });

  it.each(['fps=0.01', 'fps=1000', 'size=10x10', 'size=16384x4096', 'duration=0.001', 'duration=1e9', 'noise=0', 'noise=100'])('takes %s', (query) => {
    expect(() => camera(`test:?${query}`)).not.toThrow();
  });
});

describe('an unknown option', () => {
  it.each([
    [() => retry({ initial: 5_000 } as never), "retry: unknown option 'initial' (did you mean 'initialMs'?)"],
    [() => retry({ max: 5_000, stableAfter: 1 } as never), "retry: unknown option 'max' (did you mean 'maxMs'?), 'stableAfter' (did you mean 'stableAfterMs'?)"],
    [() => stats({ evry: 500 } as never), "stats: unknown option 'evry' (did you mean 'every'?)"],
    [() => record('to', { evry: 500 } as never), "record: unknown option 'evry' (did you mean 'every'?)"],
    [() => camera('test:', { logEvery: 1 } as never), "camera: unknown option 'logEvery' (did you mean 'logEveryFrames'?)"],
    [() => toMessage({ serviceID: 'x' } as never), "toMessage: unknown option 'serviceID' (did you mean 'serviceId'?)"],
    [() => publish(handle, { topc: 't' } as never), /unknown option 'topc' \(did you mean 'topic'\?\)/],
    [() => publish(handle, { topic: 't', outbox: { maxByte: 1 } } as never), /unknown option 'maxByte' \(did you mean 'maxBytes'\?\)/],
    [() => retry({ wait: 5 } as never), "retry: unknown option 'wait'"],
  ])('names the option that was meant, if one is near (%#)', (make, message) => {
    expect(make).toThrow(InvalidOption);
    expect(make).toThrow(typeof message === 'string' ? new InvalidOption(message) : message);
  });
});
