/** Every option of the operators, of camera() and of the brokers has a flag, and the help shows it with its default. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { BROKERS, BROKER_NAMES } from '../../../src/broker/index.js';
import { parseArguments } from '../../../src/apps/cli/arguments/arguments.js';
import { FLAGS, RECORD_FLAGS } from '../../../src/apps/cli/flags/index.js';
import { STEP_KINDS } from '../../../src/core/steps/index.js';
import { STEPS_WITH_OPTIONS, brokerFileOf, configOf, membersOf } from '../interfaces.js';

/** Where each owner of options declares them. */
const OWNERS: Record<string, [file: string, type: string]> = {
  camera: ['src/camera/camera-config.ts', 'CameraConfig'],
  ...Object.fromEntries(STEPS_WITH_OPTIONS.map((kind) => [kind, configOf(kind)])),
  toMessage: ['operators/to-message.ts', 'ToMessageConfig'],
  publish: ['operators/publish.ts', 'PublishConfig'],
  retry: ['operators/retry.ts', 'RetryConfig'],
  record: ['operators/record.ts', 'RecordConfig'],
  stats: ['operators/stats.ts', 'StatsConfig'],
  ...Object.fromEntries(BROKER_NAMES.map((name) => [name, [brokerFileOf(BROKERS[name].config), BROKERS[name].config] as [string, string]])),
};

/** Options that another flag sets. */
const ELSEWHERE: Record<string, string> = {
  'publish.key': '--message-key', 'stats.every': '--refresh',
  'kafka.sasl': '--sasl-mechanism', 'passthrough.chunk': '--chunk',
  ...Object.fromEntries(BROKER_NAMES.flatMap((name) => BROKERS[name].inAddress.map((option) => [`${name}.${option}`, '--to']))),
  'camera.hosts': '--allow-hosts', 'record.keep': '--keep-bytes',
};

/** Options that only code can give. */
const CODE_ONLY = new Set([
  'videoFilter.filter', 'videoFilter.size', 'record.muxer', 'record.files', 'publish.fence', 'camera.pixelFormat', 'camera.logger', 'camera.engine', 'retry.random', 'retry.retryOn', ...BROKER_NAMES.map((name) => `${name}.logger`),
]);

/** Operators that only code can use, and those of other commands: `read`, `verify`, `record`, `clip`, `play`. */
const CODE_ONLY_OPERATORS = new Set(['decode', 'deliver', 'subscribe', 'verify']);

const flags = FLAGS.flatMap((group) => group.flags);
const allFlags = [...flags, ...RECORD_FLAGS.flatMap((group) => group.flags)];
const names = flags.map((flag) => flag.flags.split(' ')[0] ?? '');

describe('the flags', () => {
  it.each(Object.keys(OWNERS))('reach every option of %s', (owner) => {
    const sets = new Set(allFlags.flatMap((flag) => optionsSetBy(flag)));
    const missing = optionsOf(owner).filter((option) => {
      const path = `${owner}.${option}`;
      const isSet = sets.has(path) || sets.has(`broker.${option}`) || allFlags.some((flag) => flag.flags.split(' ')[0] === ELSEWHERE[path]);
      return !isSet && !CODE_ONLY.has(path);
    });
    expect(missing).toEqual([]);
  });

  it.each(Object.keys(OWNERS))('set nothing that %s does not have', (owner) => {
    const known = optionsOf(owner);
    const set = allFlags.flatMap((flag) => optionsSetBy(flag).flatMap((path) => (path.startsWith(`${owner}.`) ? [path.slice(owner.length + 1)] : [])));
    expect(set.filter((option) => !known.includes(option) && !known.includes(option.split('.')[0] ?? ''))).toEqual([]);
  });

  it('know every operator', () => {
    const files = readdirSync(fileURLToPath(new URL('../../../operators/', import.meta.url))).filter((name) => name.endsWith('.ts') && name !== 'index.ts');
    const owned = new Set([...Object.values(OWNERS), ...STEP_KINDS.map(configOf)].map(([file]) => file));
    const unknown = files.filter((name) => !owned.has(`operators/${name}`) && !CODE_ONLY_OPERATORS.has(name.replace('.ts', '')));
    expect(unknown).toEqual([]);
  });

  it('are each there once', () => {
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});

describe('--help', () => {
  it.each([[['--help']], [['stream', '--help']], [['-h']]])('%j shows every flag with its default', (words) => {
    let shown = '';
    expect(parseArguments(words, { out: (text) => { shown += text; }, error: () => undefined })).toBe(0);
    const joined = shown.replace(/\s+/g, ' ');
    for (const flag of flags) {
      expect(joined).toContain(flag.flags);
      if (flag.defaultText !== undefined) expect(joined).toContain(`(default: ${flag.defaultText})`);
    }
  });
});

function optionsSetBy({ sets, setsOptions }: (typeof flags)[number]): readonly string[] {
  return setsOptions?.map((name) => `${sets.split('.')[0]}.${name}`) ?? [sets];
}

function optionsOf(owner: string): string[] {
  const [file, type] = OWNERS[owner] ?? ['', ''];
  const options = membersOf(file, type);
  if (options.length === 0) throw new Error(`${file} has no interface ${type}`);
  return options;
}
