/** The JSON schema of configuration files: it takes what the check takes, and refuses what the check refuses. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidConfig, configSchema, parseConfig } from '../../../src/apps/config/index.js';
import { CAMERA_OPTIONS, FILE_STEPS, brokerSchema } from '../../../src/apps/config/vocabulary.js';
import { CAMERA_SCHEMA } from '../../../src/camera/index.js';
import { BROKERS, BROKER_NAMES } from '../../../src/broker/index.js';

const validate = new Ajv2020({ strictTypes: false, allowUnionTypes: true }).compile(configSchema());

const whole = (parts: object) => ({ brokers: { main: 'memory:' }, cameras: {}, ...parts });
const camera = (parts: object) => whole({ cameras: { gate: { source: 'test:', pipeline: ['encodeH265', 'toMessage', { publish: { topic: 'a' } }], ...parts } } });

/** Values of each kind, at edges of what options take; and words of enumerations. */
const value = fc.oneof(
  fc.constantFrom(0, 1, 0.5, -1, 16, 23, 52, 64, 1_000, 20_000, 1e12, true, false, '', 'a', 'a b', 'h:1', 'redis://h', 'gop', [], ['a'], ['h:1'], [1], {}),
  fc.constantFrom({ fps: 5 }, { fps: 0 }, { frames: 3 }, { frames: 0 }, { ms: 5 }, { width: 64, height: 64 }, { width: 1 }, { allow: ['a'] }, { deny: [1] }, { maxBytes: 1 }, { maxBytes: 0 }, { colour: 1 }, { mechanism: 'plain' }),
  fc.constantFrom('tcp', 'smooth', 'largest', 'auto', 'asap', 'stream', 'ultrafast', 'nvenc', 'cloudevents', 'skip', 'gzip', 'kafkajs', 'bicubic', 'cover', 'yuv420p'),
);

/** The options of a step, a broker or a camera, any of them with any value. */
const optionsOf = (names: readonly string[]) => fc.dictionary(fc.constantFrom(...names, 'colour'), value, { maxKeys: 4 });

/** Checks of a type by a function: JSON schemas have the same. Any other says what options must go together, which they can't. */
const TYPES = ['headers', 'sasl'];

/** What the schemas of the options alone refuse. */
function isTaken(schema: { safeParse(given: unknown): { error?: { issues: readonly { code: string; path: readonly PropertyKey[] }[] } | undefined } }, given: unknown): boolean {
  return (schema.safeParse(given).error?.issues ?? []).every(({ code, path: [first] }) => code === 'custom' && !TYPES.includes(String(first)));
}

const shapeOf = (schema: unknown) => Object.keys((schema as { shape?: object }).shape ?? {}).filter((name) => !['logger', 'random', 'retryOn', 'fence', 'engine'].includes(name));

describe('the schema', () => {
  it('is the file that the package has', async () => {
    // `npx vitest -u` writes it.
    await expect(`${JSON.stringify(configSchema(), null, 1)}\n`).toMatchFileSnapshot('../../../schema.json');
  });

  it.each(Object.entries(FILE_STEPS))('takes for %s what the check takes, and nothing else', (name, { schema }) => {
    const arbitrary = name === 'skipRate' ? value : optionsOf(shapeOf(schema));
    fc.assert(fc.property(arbitrary, (options) => {
      const isValid = validate(camera({ pipeline: [{ [name]: options }] }));
      expect([options, isValid]).toEqual([options, isTaken(schema, options)]);
    }), { numRuns: 300 });
  });

  it('takes for a camera what the check takes, and nothing else', () => {
    fc.assert(fc.property(optionsOf([...CAMERA_OPTIONS]), (options) => {
      expect([options, validate(camera(options))]).toEqual([options, isTaken(CAMERA_SCHEMA, options)]);
    }), { numRuns: 500 });
  });

  it.each(BROKER_NAMES)('takes for %s what the check takes, and nothing else', (name) => {
    const { required } = BROKERS[name];
    fc.assert(fc.property(optionsOf(shapeOf(brokerSchema(name))), (options) => {
      const given = { ...required, ...options };
      expect([given, validate(whole({ brokers: { main: { [name]: given } } }))]).toEqual([given, isTaken(brokerSchema(name), given)]);
    }), { numRuns: 300 });
  });

  it.each<[boolean, object]>([
    [true, camera({})], [true, camera({ extends: [], retry: false, enabled: true })], [true, camera({ retry: { initialMs: 5 } })], [true, camera({ source: 0 })], [true, whole({ 'x-any': { thing: 1 } })],
    [true, camera({ transport: '${env:TRANSPORT}', steps: { toMessage: { location: 'a' } } })], [true, camera({ nice: null, pipeline: [{ encodeH265: null }, 'toMessage', { publish: { topic: 'a', broker: 'main' } }] })],
    [false, camera({ source: 5.5 })], [false, camera({ retry: 5 })], [false, camera({ pipeline: 'encodeH265' })], [false, camera({ pipeline: ['encodeH256'] })], [false, camera({ pipeline: [{ resize: { width: 64 }, crop: {} }] })],
    [false, camera({ sorce: 'test:' })], [false, camera({ extends: 5 })], [false, whole({ broker: {} })], [false, { brokers: {} }], [false, whole({ brokers: { a: 'amqp://h' } })], [false, whole({ brokers: { a: { redis: {}, kafka: {} } } })],
    [false, camera({ enabled: 'yes' })], [false, camera({ steps: { resize: { widht: 5 } } })],
  ])('says %s, as the check does: %j', (isRight, file) => {
    expect([validate(file), file]).toEqual([isRight, file]);
    const check = () => parseConfig(file, { env: { TRANSPORT: 'tcp' } });
    if (isRight) check();
    else expect(check).toThrow(InvalidConfig);
  });

  it('describes what editors show', () => {
    expect(JSON.stringify(configSchema())).toContain('constant rate factor, 0 (lossless) to 51 (worst)');
  });
});
