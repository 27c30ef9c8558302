/** Sorts the values of flags by operator; each operator checks its own options. */
import { z } from 'zod';
import type { PublishConfig, RetryConfig, ToMessageConfig } from '../../../../operators/index.js';
import { BROKER_NAMES, type BrokerFlagValues, type BrokerName } from '../../../broker/index.js';
import type { CameraConfig } from '../../../camera/index.js';
import { type Flag, type OptionsByOwner, STEPS, STEP_KINDS, type StepKind, type UnitRule, type UnitStep } from '../../../core/steps/index.js';
import { InvalidOption } from '../../../core/errors/errors.js';
import { count, milliseconds, options, parseOptions } from '../../../core/options.js';
import { CODECS, COLOURS, FLAGS, LOG_LEVELS, PICTURE_STEPS, flagOf } from '../flags/index.js';

const [DEFAULT_CODEC = ''] = CODECS.keys();

/** Options of each command that has a dashboard. */
export const DASHBOARD_OPTIONS = {
  // Without a port, commander says `true`.
  dashboard: z.union([z.literal(true).transform(() => 'auto' as const), z.literal('auto'), z.number().int().min(0).max(65_535)], {
    error: 'expected a port, 0 to 65535',
  }).optional(),
  dashboardHost: z.string().min(1).optional(),
};

const schema = options({
  to: z.string().default('memory:'),
  codec: z.enum([...CODECS.keys()]).default(DEFAULT_CODEC),
  frames: count().optional(),
  retry: z.boolean().default(true),
  json: z.boolean().default(false),
  quiet: z.boolean().default(false),
  color: z.enum(COLOURS).default('auto'),
  ...DASHBOARD_OPTIONS,
  logLevel: z.enum(LOG_LEVELS).optional(),
  refresh: milliseconds().min(50).optional(),
  closeDeadlineMs: milliseconds().optional(),
});

/** The program's own options. */
export type ProgramOptions = z.output<typeof schema>;

/** Settings that may differ between the sources of one command. */
export interface SourceSettings {
  readonly camera: CameraConfig;
  readonly toMessage: ToMessageConfig;
  /** The topic; undefined for the one in the broker's address. */
  readonly topic: string | undefined;
}

/** Options of the operators of steps; none for steps that are not used. */
type StepSettings = Readonly<Partial<Record<StepKind, unknown>>>;

/** Options of brokers. */
export interface BrokerFlagSettings {
  /** Options of every kind of broker. */
  readonly broker: BrokerFlagValues;
  /** Options of each kind. */
  readonly brokers: Readonly<Record<BrokerName, BrokerFlagValues>>;
}

/** The values of one command's flags. */
export interface Settings extends StepSettings, BrokerFlagSettings {
  readonly program: ProgramOptions;
  /** The settings of each source, in order. */
  readonly sources: readonly SourceSettings[];
  readonly publish: Omit<PublishConfig, 'topic'>;
  readonly retry: RetryConfig;
}

/** Sorts the values of brokers' flags by kind. */
export function brokerSettings(raw: OptionsByOwner): BrokerFlagSettings {
  return {
    broker: raw['broker'] ?? {},
    brokers: Object.fromEntries(BROKER_NAMES.map((name) => [name, raw[name] ?? {}])) as unknown as BrokerFlagSettings['brokers'],
  };
}

/**
 * Sorts the values into the operators' options.
 * @param sources - number of sources
 * @throws InvalidOption for values that no operator checks: the program's own options, and a flag that was given too often
 */
export function settingsFromFlags(raw: OptionsByOwner, sources: number): Settings {
  const { camera = {}, toMessage = {}, publish = {}, retry = {} } = raw;
  const { topic, ...publishing } = publish;
  const program = parseOptions('stream', schema, raw['stream'] ?? {});
  checkCodec(program.codec, raw);
  return {
    program,
    sources: Array.from({ length: sources }, (_, index) => ({
      camera: valuesOfSource('camera', camera, index, sources),
      toMessage: valuesOfSource('toMessage', toMessage, index, sources),
      topic: valuesOfSource('publish', { topic }, index, sources)['topic'] as string | undefined,
    })),
    ...Object.fromEntries(STEP_KINDS.map((kind) => [kind, STEPS[kind].cli.options(raw[kind], raw)])),
    publish: publishing, retry, ...brokerSettings(raw),
  };
}

/** @throws InvalidOption for flags without effect: those of another codec, and those on pictures if no picture is decoded */
function checkCodec(codec: string, raw: OptionsByOwner): void {
  const { gives, cli } = STEPS[CODECS.get(codec) ?? 'encodeH265'] as UnitRule<UnitStep>;
  for (const [other, owner] of CODECS) {
    const [flag] = other === codec ? [] : givenFlags(owner, raw).filter(({ sets }) => !cli.shared.includes(sets));
    if (flag !== undefined) throw new InvalidOption(`${nameOf(flag)} given with --codec ${codec}, expected with --codec ${other}`);
  }
  const flags = gives === 'copied' ? PICTURE_STEPS.flatMap((kind) => givenFlags(kind, raw)) : [];
  if (flags.length > 0) throw new InvalidOption(`${flags.map(nameOf).join(' and ')} given with --codec ${codec}, expected with another codec: no picture is decoded`);
}

/** The flags of a step that were given. */
function givenFlags(owner: string, raw: OptionsByOwner): Flag[] {
  return FLAGS.flatMap((group) => group.flags).filter(({ sets }) => sets.startsWith(`${owner}.`) && raw[owner]?.[sets.slice(owner.length + 1)] !== undefined);
}

function nameOf({ flags }: Flag): string {
  return flags.split(' ')[0] ?? '';
}

/** The options of one source: of each list its value for this source. */
function valuesOfSource(owner: string, given: Readonly<Record<string, unknown>>, index: number, sources: number): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => {
    if (!Array.isArray(value)) return [name, value];
    checkList(`${owner}.${name}`, value as string[], sources);
    return [name, value.length === 1 ? value[0] as unknown : value[index] as unknown];
  }));
}

/** @throws InvalidOption for a wrong number of values: each source needs its own key; other options may be given once for all sources */
function checkList(option: string, values: readonly string[], sources: number): void {
  const isKey = option === 'camera.key';
  const flag = flagOf(option) ?? option;
  if (values.length !== sources && (isKey || values.length !== 1)) {
    const given = `${flag} given ${times(values.length)} for ${sources} source${sources === 1 ? '' : 's'}`;
    throw new InvalidOption(`${given}, expected once for each${isKey ? '' : ', or once for all'}`);
  }
  const twice = values.find((one, at) => values.indexOf(one) !== at);
  if (isKey && twice !== undefined) throw new InvalidOption(`${flag} '${twice}' given twice, expected another for each source`);
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
