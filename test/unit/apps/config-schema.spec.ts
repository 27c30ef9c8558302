/** The JSON schema of configuration files: it takes what the check takes, and refuses what the check refuses. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidConfig, configSchema, parseConfig } from '../../../src/apps/config/index.js';
import { CAMERA_OPTIONS, FILE_STEPS, brokerSchema } from '../../../src/apps/config/vocabulary.js';
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

/** Mistakes that JSON Schema can't express, which docs/operate/configuration.md lists. The schema refuses all others that the check refuses. */
const NOT_EXPRESSED = [
  /maxMs to be at least initialMs/, /retryMaxMs to be at least retryInitialMs/, /gop must equal chunk\.frames/, /left \+ width and top \+ height are at most 1/,
  /takes (?:pictures|access units|messages), and gets|it ends with/, /unknown broker|unknown template/, /option 'topic': none given|option 'broker'/,
  // Rules that depend on the source, on the encoder before it, or on installed packages.
  /'reference' given after|allowed for (?:files|RTSP|live|HTTP)|npm install @platformatic|expected 1 to 249 letters/,
];

/** Whether `rxcam check` takes a file, apart from these rules. */
function isTaken(file: object): boolean {
  try {
    parseConfig(file, { env: { TRANSPORT: 'tcp', MODE: 'stream' } });
    return true;
  } catch (error) {
    if (!(error instanceof InvalidConfig)) throw error;
    return error.problems.every(({ message }) => NOT_EXPRESSED.some((rule) => rule.test(message)));
  }
}

/** A pipeline with this step at its place. */
function pipelineWith(name: string, options: unknown): unknown[] {
  const step = { [name]: options };
  const publish = { publish: { topic: 'a' } };
  switch (FILE_STEPS[name]?.gives) {
    case 'access units': return [step, 'toMessage', publish];
    case 'messages': return ['encodeH265', step, publish];
    case 'acknowledgements': return ['encodeH265', 'toMessage', step];
    case undefined: return ['encodeH265', 'toMessage', publish, step];
    default: return [step, 'encodeH265', 'toMessage', publish];
  }
}

const shapeOf = (schema: unknown) => Object.keys((schema as { shape?: object }).shape ?? {}).filter((name) => !['logger', 'random', 'retryOn', 'fence', 'engine'].includes(name));

describe('the schema', () => {
  it('is the file that the package has', async () => {
    // `npx vitest -u` writes it.
    await expect(`${JSON.stringify(configSchema(), null, 1)}\n`).toMatchFileSnapshot('../../../schema.json');
  });

  it('has no step that only code can give', () => {
    expect(JSON.stringify(configSchema())).not.toContain('videoFilter');
    expect(validate(camera({ pipeline: [{ videoFilter: { filter: 'hflip' } }, 'encodeH265', 'toMessage', { publish: { topic: 'a' } }] }))).toBe(false);
  });

  it.each(Object.entries(FILE_STEPS))('takes for %s what the check takes, and nothing else', (name, { schema }) => {
    const arbitrary = name === 'skipRate' ? value : optionsOf(shapeOf(schema));
    fc.assert(fc.property(arbitrary, (options) => {
      const file = camera({ pipeline: pipelineWith(name, options) });
      expect([options, validate(file)]).toEqual([options, isTaken(file)]);
    }), { numRuns: 300 });
  });

  it('takes for a camera what the check takes, and nothing else', () => {
    fc.assert(fc.property(optionsOf([...CAMERA_OPTIONS]), (options) => {
      const file = camera(options);
      expect([options, validate(file)]).toEqual([options, isTaken(file)]);
    }), { numRuns: 500 });
  });

  it.each(BROKER_NAMES)('takes for %s what the check takes, and nothing else', (name) => {
    const { required } = BROKERS[name];
    fc.assert(fc.property(optionsOf(shapeOf(brokerSchema(name))), (options) => {
      const given = { ...required, ...options };
      const file = whole({ brokers: { main: { [name]: given } } });
      expect([given, validate(file)]).toEqual([given, isTaken(file)]);
    }), { numRuns: 300 });
  });

  /** Steps in any order and number, some of them whole pipelines. */
  const steps = fc.array(fc.constantFrom<unknown>('encodeH265', 'encodeJpeg', 'passthrough', 'toMessage', 'retry', 'resize', { resize: { width: 64 } }, { publish: { topic: 'a' } }, { retry: null }, { skipRate: 5 }, { crop: null }), { maxLength: 5 });
  const order = ['resize', 'skipRate', 'crop', 'encodeH265', 'encodeJpeg', 'passthrough', 'toMessage', 'publish', 'retry'];
  const nameOf = (step: unknown) => (typeof step === 'string' ? step : Object.keys(step as object)[0] ?? '');
  it('takes the pipelines that the check takes, if their steps are in order', () => {
    fc.assert(fc.property(steps, (drawn) => {
      const file = camera({ pipeline: drawn.toSorted((a, b) => order.indexOf(nameOf(a)) - order.indexOf(nameOf(b))) });
      let isRight = true;
      try {
        parseConfig(file);
      } catch {
        isRight = false;
      }
      expect([file, validate(file)]).toEqual([file, isRight]);
    }), { numRuns: 500 });
  });

  it.each<[boolean, object]>([
    [true, camera({})], [true, camera({ extends: [], retry: false, enabled: true })], [true, camera({ retry: { initialMs: 5 } })], [true, camera({ source: 0 })], [true, whole({ 'x-any': { thing: 1 } })],
    [true, camera({ transport: '${env:TRANSPORT}', steps: { toMessage: { location: 'a' } } })], [true, camera({ nice: null, pipeline: [{ encodeH265: null }, 'toMessage', { publish: { topic: 'a', broker: 'main' } }] })],
    [false, camera({ source: 5.5 })], [false, camera({ retry: 5 })], [false, camera({ pipeline: 'encodeH265' })], [false, camera({ pipeline: ['encodeH256'] })], [false, camera({ pipeline: [{ resize: { width: 64 }, crop: {} }] })],
    [false, camera({ sorce: 'test:' })], [false, camera({ extends: 5 })], [false, whole({ broker: {} })], [false, { brokers: {} }], [false, whole({ brokers: { a: 'amqp://h' } })], [false, whole({ brokers: { a: { redis: {}, kafka: {} } } })],
    [true, camera({ labels: ['gpu'] })], [true, camera({ pipeline: [{ encodeH265: { mode: '${env:MODE}', gop: 10 } }, 'toMessage', { publish: { topic: 'a' } }] })],
    [false, camera({ pipeline: [{ encodeH265: { gop: 10 } }, 'toMessage', { publish: { topic: 'a' } }] })], [false, camera({ pipeline: [{ encodeH265: { mode: 'frame', reuse: true } }, 'toMessage', { publish: { topic: 'a' } }] })],
    [false, camera({ pipeline: ['resize', 'encodeH265', 'toMessage', { publish: { topic: 'a' } }] })], [false, camera({ pipeline: [{ resize: { fit: 'cover' } }, 'encodeH265', 'toMessage', { publish: { topic: 'a' } }] })],
    [false, camera({ pipeline: ['encodeH265', 'encodeJpeg', 'toMessage', { publish: { topic: 'a' } }] })], [false, camera({ pipeline: ['encodeH265', 'toMessage'] })], [false, camera({ pipeline: [] })],
    [false, camera({ pipeline: ['encodeH265', { toMessage: { serviceId: 'a' } }, { publish: { topic: 'a' } }] })], [true, camera({ pipeline: ['encodeH265', { toMessage: { format: 'matrice', serviceId: 'a' } }, { publish: { topic: 'a' } }] })],
    [false, camera({ pipeline: ['encodeH265', { toMessage: { headers: { 'Content-Type': 'a' } } }, { publish: { topic: 'a' } }] })],
    [false, camera({ fps: 5 })], [true, camera({ source: '/dev/video0', fps: 5, size: { width: 64, height: 64 } })], [false, whole({ brokers: { main: { kafka: null } } })], [true, whole({ brokers: { main: { memory: null } } })],
    [false, camera({ enabled: 'yes' })], [false, camera({ steps: { resize: { widht: 5 } } })],
  ])('says %s, as the check does: %j', (isRight, file) => {
    expect([validate(file), file]).toEqual([isRight, file]);
    const check = () => parseConfig(file, { env: { TRANSPORT: 'tcp', MODE: 'stream' } });
    if (isRight) check();
    else expect(check).toThrow(InvalidConfig);
  });

  it('describes what editors show', () => {
    expect(JSON.stringify(configSchema())).toContain('constant rate factor, 0 (lossless) to 51 (worst)');
  });
});
