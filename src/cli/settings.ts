/** What the flags say, by the operator that takes it; each operator checks its own part. */
import { z } from 'zod';
import type {
  EncodeH265Config, EncodeJpegConfig, PublishConfig, ResizeConfig, RetryConfig, SkipRateConfig, SkipUnchangedConfig, ToMessageConfig,
} from '../../operators/index.js';
import type { CameraConfig } from '../camera.js';
import { InvalidOption } from '../errors.js';
import { count, milliseconds, options, parseOptions } from '../options.js';
import { CODECS, type CodecName, ENCODERS, FLAGS, LOG_LEVELS, flagOf } from './flags/index.js';

const schema = options({
  to: z.string().default('memory:'),
  codec: z.enum(CODECS).default('h265'),
  frames: count().optional(),
  retry: z.boolean().default(true),
  json: z.boolean().default(false),
  quiet: z.boolean().default(false),
  logLevel: z.enum(LOG_LEVELS).optional(),
  refresh: milliseconds().min(50).optional(),
  closeDeadlineMs: milliseconds().optional(),
});

/** The program's own options. */
export type ProgramOptions = z.output<typeof schema>;

/** What may differ between the sources of one command. */
export interface SourceSettings {
  readonly camera: CameraConfig;
  readonly toMessage: ToMessageConfig;
  /** The broker's address may name one instead. */
  readonly topic: string | undefined;
}

/** The flags of one command. */
export interface Settings {
  readonly program: ProgramOptions;
  /** For each source, in order. */
  readonly sources: readonly SourceSettings[];
  readonly skipRate: number | SkipRateConfig | undefined;
  readonly skipUnchanged: SkipUnchangedConfig | undefined;
  readonly resize: ResizeConfig | undefined;
  readonly encodeH265: EncodeH265Config;
  readonly encodeJpeg: EncodeJpegConfig;
  readonly publish: Omit<PublishConfig, 'topic'>;
  readonly retry: RetryConfig;
  readonly kafka: Readonly<Record<string, unknown>>;
  readonly redis: Readonly<Record<string, unknown>>;
  readonly memory: Readonly<Record<string, unknown>>;
  /** Of each kind of broker. */
  readonly broker: Readonly<Record<string, unknown>>;
}

/** Options by owner, as they were read: `{ resize: { fit: 'cover' } }`. */
export type Raw = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * Sorts what was read into the operators' options.
 * @throws InvalidOption for what no operator could check: the program's own options, and how often a flag was given
 */
export function settingsOf(raw: Raw, sources: number): Settings {
  const { camera = {}, skipRate = {}, skipUnchanged, resize, encodeH265 = {}, encodeJpeg = {}, toMessage = {}, publish = {}, retry = {} } = raw;
  const { kafka = {}, redis = {}, memory = {}, broker = {} } = raw;
  const { topic, ...publishing } = publish;
  const program = parseOptions('stream', schema, raw['stream'] ?? {});
  checkCodec(program.codec, raw);
  return {
    program,
    sources: Array.from({ length: sources }, (_, index) => ({
      camera: share('camera', camera, index, sources),
      toMessage: share('toMessage', toMessage, index, sources),
      topic: share('publish', { topic }, index, sources)['topic'] as string | undefined,
    })),
    skipRate: rateOf(skipRate),
    skipUnchanged: skipUnchanged && comparedBy(skipUnchanged),
    resize: resize && sized(resize),
    encodeH265, encodeJpeg, publish: publishing, retry, kafka, redis, memory, broker,
  };
}

/** A flag of another codec would have no effect. */
function checkCodec(codec: CodecName, raw: Raw): void {
  for (const [other, owner] of Object.entries(ENCODERS)) {
    if (other === codec) continue;
    const isShared = (sets: string) => codec === 'copy' && sets === 'encodeH265.chunk';
    const given = FLAGS.flatMap((group) => group.flags).find(({ sets }) => !isShared(sets) && raw[owner]?.[sets.replace(`${owner}.`, '')] !== undefined);
    if (given !== undefined) throw new InvalidOption(`${given.flags.split(' ')[0] ?? ''} given with --codec ${codec}, expected with --codec ${other}`);
  }
}

/** One source's share: of an option that is a list, its own value. */
function share(owner: string, given: Readonly<Record<string, unknown>>, index: number, sources: number): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => {
    if (!Array.isArray(value)) return [name, value];
    checkList(`${owner}.${name}`, value as string[], sources);
    return [name, value.length === 1 ? value[0] as unknown : value[index] as unknown];
  }));
}

/** A key belongs to one camera; all else may be said once for all of them. */
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

function rateOf({ fps, every }: Readonly<Record<string, unknown>>): number | SkipRateConfig | undefined {
  if (fps !== undefined && every !== undefined) throw new InvalidOption('--fps and --every given, expected one of them');
  return fps === undefined ? every as number | undefined : { fps: fps as number };
}

/** `--skip-unchanged` without a number is read as true. */
function comparedBy({ threshold, ...others }: Readonly<Record<string, unknown>>): SkipUnchangedConfig {
  if (threshold === undefined) throw new InvalidOption('--max-gap given without --skip-unchanged, expected both');
  return threshold === true ? others : { threshold: threshold as number, ...others };
}

function sized({ size, ...others }: Readonly<Record<string, unknown>>): ResizeConfig {
  if (size === undefined) throw new InvalidOption('--fit, --enlarge or --algorithm given without --size, expected both');
  return { ...(size as ResizeConfig), ...others };
}
