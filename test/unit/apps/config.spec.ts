/** Configuration files: what they may say, and what is said of their mistakes, at which line. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type Config, InvalidConfig, cameraPipeline, configSchema, openBroker, parseCamera, parseConfig } from '../../../src/apps/config/index.js';
import { FILE_STEPS } from '../../../src/apps/config/vocabulary.js';
import { STEPS } from '../../../src/core/steps/index.js';

const ENV = { GATE_PASSWORD: 'se@cret/1', TOPIC: 'video' };

const parsed = (text: string | object): Config => parseConfig(text, { file: 'cameras.yaml', env: ENV });

/** The problems, a line each. */
function problems(text: string | object): string[] {
  try {
    parsed(text);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidConfig);
    return (error as Error).message.split('\n');
  }
  return [];
}

const GOOD = `
brokers:
  main: memory:video
  other: { memory: { maxMessages: 5 } }
defaults:
  retry: { initialMs: 1000 }
  pipeline:
    - skipRate: { fps: 5 }
    - encodeH265: { preset: ultrafast }
    - toMessage
    - publish: { broker: main }
templates:
  street: { transport: udp, steps: { toMessage: { location: Street, group: outside } } }
cameras:
  gate:
    extends: street
    source: rtsp://user:\${env:GATE_PASSWORD}@camera.example.com/stream
    retry: { maxMs: 9000 }
    steps: { toMessage: { location: Gate }, publish: { topic: "\${env:TOPIC}.\${camera}" } }
  yard: { source: "test:", enabled: false, retry: false, pipeline: [{ passthrough: null }, toMessage, { publish: { broker: other, topic: a } }] }
`;

describe('a file', () => {
  it('gives each camera what it inherits, with its own on top, and references resolved', () => {
    const { cameras: [gate, yard], brokers, secrets } = parsed(GOOD);
    expect(brokers.map(({ name, kind, address, options }) => [name, kind, address, options])).toEqual([['main', 'memory', 'memory:video', {}], ['other', 'memory', undefined, { maxMessages: 5 }]]);
    expect([gate?.source, gate?.options, gate?.enabled]).toEqual(['rtsp://user:se%40cret%2F1@camera.example.com/stream', { key: 'gate', transport: 'udp' }, true]);
    expect(gate?.pipeline).toEqual([
      { kind: 'skipRate', options: { fps: 5 } }, { kind: 'encodeH265', options: { preset: 'ultrafast' } },
      { kind: 'toMessage', options: { location: 'Gate', group: 'outside' } }, { kind: 'publish', options: { broker: 'main', topic: 'video.gate' } },
      { kind: 'retry', options: { initialMs: 1000, maxMs: 9000 } },
    ]);
    expect([yard?.enabled, yard?.pipeline.map(({ kind }) => kind)]).toEqual([false, ['passthrough', 'toMessage', 'publish']]);
    expect(secrets).toContain('se@cret/1');
    expect(secrets).not.toContain('video');
  });

  it("puts the camera's name into what it inherits, also if a text contains nothing else", () => {
    const { cameras } = parsed('brokers: { main: "memory:" }\ndefaults: { pipeline: [encodeH265, toMessage, publish: { topic: "${camera}" }] }\ncameras: { gate: { source: "test:" }, yard: { source: "test:" } }');
    expect(cameras.map(({ pipeline }) => pipeline[2]?.options)).toEqual([{ topic: 'gate' }, { topic: 'yard' }]);
  });

  it('is the same in JSON, with tabs, and as an object', () => {
    const object = { brokers: { main: 'memory:' }, cameras: { gate: { source: 'test:', pipeline: ['encodeH265', 'toMessage', { publish: { topic: 'video' } }] } } };
    const shape = ({ cameras }: Config) => cameras.map(({ name, source, options, pipeline }) => ({ name, source, options, pipeline }));
    expect(shape(parsed(JSON.stringify(object, null, '\t')))).toEqual(shape(parsed(object)));
    expect(shape(parsed(object))[0]?.pipeline).toHaveLength(4);
  });

  it('takes anchors, aliases and merge keys, and keeps anything under x-', () => {
    const { cameras: [gate] } = parsed(`
x-size: &size { width: 640, height: 360 }
brokers: { main: "memory:" }
cameras:
  gate: { source: "test:", pipeline: [ { resize: { <<: *size, height: 480 } }, encodeH265, toMessage, { publish: { topic: a } } ] }`);
    expect(gate?.pipeline[0]).toEqual({ kind: 'resize', options: { width: 640, height: 480 } });
  });

  it('reads secrets from files, without the line break at their end', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rxcam-test-config-'));
    writeFileSync(join(folder, 'gate'), 'hunter2\n');
    const text = 'brokers: { main: "memory:" }\ncameras: { gate: { source: "rtsp://u:${file:gate}@h/$${1}", pipeline: [encodeH265, toMessage, publish: { topic: a }] } }';
    const { cameras: [gate], secrets, files } = parseConfig(text, { file: join(folder, 'cameras.yaml') });
    expect(gate?.source).toBe('rtsp://u:hunter2@h/${1}');
    expect([secrets.includes('hunter2'), files]).toEqual([true, [join(folder, 'gate')]]);
  });

  it('shows no secret when it is printed', () => {
    const config = parsed(GOOD.replace('maxMessages: 5', 'maxMessages: 5').replace('user:$', 'user:$'));
    for (const text of [inspect(config, { depth: 9 }), JSON.stringify(config)]) expect(text).not.toContain('cret');
  });

  it('makes pipelines', () => {
    const config = parsed(GOOD);
    const brokers = new Map(config.brokers.map((one) => [one.name, openBroker(one)]));
    const { camera, route } = cameraPipeline(config.cameras[0] as Config['cameras'][number], brokers);
    expect([camera.key, route]).toEqual(['gate', { broker: 'main', topic: 'video.gate', key: 'gate' }]);
  });

  it('has self-contained cameras: plain JSON, which keeps its references', () => {
    const config = parsed(GOOD);
    const brokers = new Map(config.brokers.map((one) => [one.name, openBroker(one)]));
    const sent = JSON.stringify(config.cameras[0]?.written);
    expect(sent).toContain('${env:GATE_PASSWORD}');
    const again = parseCamera(JSON.parse(sent), { name: 'gate', brokers, env: ENV });
    expect([again.source, again.options, again.pipeline]).toEqual([config.cameras[0]?.source, config.cameras[0]?.options, config.cameras[0]?.pipeline]);
    expect(() => parseCamera({ source: 'test:', pipelin: [] }, { name: 'gate', brokers, env: ENV })).toThrow(/^cameras\.gate\.pipelin: unknown key "pipelin", did you mean "pipeline"\?/);
  });
});

/** A file with one camera whose lines are given. */
const camera = (...lines: string[]) => ['brokers: { main: "memory:" }', 'cameras:', '  gate:', ...lines.map((line) => `    ${line}`)].join('\n');
const PIPELINE = 'pipeline: [encodeH265, toMessage, publish: { topic: a }]';
const SOURCE = 'source: "test:"';

describe('a mistake', () => {
  it.each<[string, string, RegExp[]]>([
    ['a mistyped key, with the one that was meant', camera(SOURCE, 'pipeline: [ { resize: { widht: 640 } }, encodeH265, toMessage, publish: { topic: a } ]'), [
      /^cameras\.yaml:5:29: cameras\.gate\.pipeline\[0\]\.resize\.widht: unknown key "widht", did you mean "width"\? allowed: width, height, fit, /]],
    ['a value out of range', camera(SOURCE, PIPELINE, 'nice: 20'), [/^cameras\.yaml:6:11: cameras\.gate\.nice: 20 given, expected at most 19$/]],
    ['an option that only code can give', camera(SOURCE, PIPELINE, 'logger: {}'), [/^cameras\.yaml:6:5: cameras\.gate\.logger: unknown key "logger"; allowed: source, /]],
    ['what is missing', 'brokers: { main: "memory:" }\ncameras:\n  gate: { nice: 1 }', [/^cameras\.yaml:3:3: cameras\.gate: source is missing/, /^cameras\.yaml:3:3: cameras\.gate: pipeline is missing/]],
    ['no cameras', 'brokers: { main: "memory:" }', [/^cameras\.yaml:1:1: cameras is missing/]],
    ['an empty file', '', [/^cameras\.yaml:1:1: nothing given, expected a map/]],
    ['a step that only code can give', camera(SOURCE, 'pipeline: [videoFilter: { filter: hflip }, encodeH265, toMessage, publish: { topic: a }]'), [
      /:5:16: cameras\.gate\.pipeline\[0\]\S*: "videoFilter" given, which is available only in code, because a filter can read and write files of the machine; allowed: skipRate, /]],
    ['such a step without options', camera(SOURCE, 'pipeline: [videoFilter, encodeH265, toMessage, publish: { topic: a }]'), [/"videoFilter" given, which is available only in code/]],
    ['a step that is none', camera(SOURCE, 'pipeline: [encodeH256, toMessage, publish: { topic: a }]'), [/:5:16: cameras\.gate\.pipeline\[0\]: unknown key "encodeH256", did you mean "encodeH265"\? allowed: skipRate, /]],
    ['two steps in one item', camera(SOURCE, 'pipeline:', '  - resize: { width: 64 }', '    encodeH265:'), [/:6:9: cameras\.gate\.pipeline\[0\]: a map with the keys "resize", "encodeH265" given, expected one step/]],
    ['a wrong order', camera(SOURCE, 'pipeline: [encodeH265, resize: { width: 64 }, toMessage, publish: { topic: a }]'), [/:5:28: .*resize takes pictures, and gets access units; expected no encoder/]],
    ['a pipeline that publishes nothing', camera(SOURCE, 'pipeline: [encodeH265, toMessage]'), [/:5:5: cameras\.gate\.pipeline: it ends with messages; expected publish at the end/]],
    ['what only operators know', camera(SOURCE, 'pipeline: [encodeH265, toMessage: { serviceId: a }, publish: { topic: a }]'), [/:5:52: cameras\.gate\.pipeline\[1\]\.toMessage\.serviceId: given for the format 'cloudevents'/]],
    ['a broker that is none', camera(SOURCE, 'pipeline: [encodeH265, toMessage, publish: { broker: mian, topic: a }]'), [/:5:58: cameras\.gate\.pipeline\[2\]\.publish\.broker: unknown broker "mian", did you mean "main"\?/]],
    ['a template that is none', camera('extends: [steet]', SOURCE, PIPELINE), [/:4:15: cameras\.gate\.extends\[0\]: unknown template "steet"; there are none/]],
    ['a template of itself', `templates: { a: { extends: b }, b: { extends: a } }\n${camera('extends: a', SOURCE, PIPELINE)}`, [/:1:28: .*a template that extends itself: "b" → "a" → "b"/, /:1:47: .*"a" → "b" → "a"/]],
    ['a step to override that is not there', camera(SOURCE, PIPELINE, 'steps: { resize: { width: 64 } }'), [/:6:14: cameras\.gate\.steps\.resize: no "resize" in the pipeline; there are encodeH265, toMessage, publish/]],
    ['fps of a camera', camera(SOURCE, PIPELINE, 'fps: 5'), [/:6:5: cameras\.gate\.fps: given for a source of the kind test, allowed for devices; in the pipeline write skipRate: \{ fps: … \}/]],
    ['an address', camera('source: rtsp//u:hunter2@h/1', PIPELINE), [/:4:13: cameras\.gate\.source: '\*\*\*@h\/1' given; allowed: rtsp:/]],
    ['a broker', 'brokers: { a: 5, b: { kafkas: {} }, c: { redis: { port: x } }, d: { kafka: {} } }\ncameras: {}', [
      /:1:15: brokers\.a: 5 given, expected an address/, /:1:23: brokers\.b\.kafkas: unknown key "kafkas", did you mean "kafka"/, /:1:57: brokers\.c\.redis\.port: "x" given, expected a number$/,
      /:1:69: brokers\.d\.kafka: brokers is missing/]],
    ['the same key, and the same way', `brokers: { main: "memory:" }\ndefaults: { source: "test:", ${PIPELINE} }\ncameras: { a: {}, b: { key: a }, c: { steps: { toMessage: { key: a } } } }`, [
      /:2:40: defaults\.pipeline: publishes to the topic "a" with the key "a", as camera "b" does/, /:3:29: cameras\.b\.key: key "a", which camera "a" has/]],
  ])('is shown at its line: %s', (_, text, expected) => {
    const found = problems(text);
    expect(found, found.join('\n')).toHaveLength(expected.length);
    found.forEach((line, index) => { expect(line).toMatch(expected[index] as RegExp); });
  });

  it('of a template is shown once for all cameras that extend it', () => {
    const cameras = Array.from({ length: 300 }, (_, index) => `  c${index}: { extends: street, source: "test:" }`).join('\n');
    expect(problems(`brokers: { main: "memory:" }\ntemplates: { street: { nice: 99, ${PIPELINE} } }\ncameras:\n${cameras}`)).toEqual([expect.stringMatching(/:2:30: templates\.street\.nice: 99 given/)]);
  });

  it.each<[string, RegExp]>([
    ['brokers:\n  a: "redis://:hunter2@h\n', /^cameras\.yaml:\d:\d+: a quote, bracket/], ['a: hunter2: x', /two keys on one line/], ['a: *hunter2', /an alias without an anchor/],
    ['a: !hunter2 x', /an unknown tag/], ['a: !!binary aHVudGVyMg==', /a tag whose value is not a text/], ['a: &hunter2 [*hunter2]', /an alias to a value that contains it/], ['hunter2: 1\nhunter2: 2', /the key occurs twice/],
    ['a: { b: ${env:GATE_PASSWORD} }', /within \{ \} or \[ \] without quotes; write "\$\{…\}"/], ['a: 1\n---\nhunter2: 2', /a second document/], ['a:\n\thunter2: 1', /a tab/], ['['.repeat(5_000), /nested too deeply/],
    [`a: &a [x,x,x,x,x,x,x,x,x,x]\n${'abcdefgh'.split('').map((name, index, all) => `${name}1: &${name}1 [${`*${index === 0 ? 'a' : `${all[index - 1] ?? ''}1`},`.repeat(10)}]`).join('\n')}`, /more than 200000 values/],
    ['__proto__: { hunter2: 1 }', /__proto__ is not allowed/], ['cameras:\n  gate:\n    password:hunter2', /"?\(hidden\)"? given/], ['brokers: { a: { redis: { password: [hunter2] } } }', /password: \(hidden\) given, expected a text/],
    ['brokers: { a: { kafka: { brokers: [h:1], sasl: hunter2 } } }', /sasl: \(hidden\) given/], ['brokers: { a: "amqp://u:hunter2@h" }', /'amqp:\/\/\*\*\*@h' given/], [camera('source: rtsp://u:hunter2@h/hunter2@h/x', PIPELINE), /password could end at more than one @/],
    [camera('rtsp://u:hunter2@h/x: 1', SOURCE, PIPELINE), /unknown key "rtsp:\/\/\*\*\*@h\/x"/], [camera('source: "rtsp://u:${env:GATE_PASSWORD}@h:99999/x"', PIPELINE), /'rtsp:\/\/\*\*\*@h:99999\/x' given/],
    [camera('source: "${env:GATE_PASSWRD}"', PIPELINE), /the environment variable GATE_PASSWRD is not set/], [camera('source: "${hunter2}"', PIPELINE), /an unknown reference after '\$\{'/],
    [camera('source: "${file:/nowhere/at/all}"', PIPELINE), /the file "\/nowhere\/at\/all" can't be read \(ENOENT\)/], [camera(SOURCE, PIPELINE, 'transport: "${env:GATE_PASSWORD}"'), /transport: "\$\{env:GATE_PASSWORD\}" given, expected 'tcp', 'udp'/],
  ])('shows no secret: %s', (text, said) => {
    const found = problems(text).join('\n');
    expect(found).toMatch(said);
    expect(found).not.toMatch(/hunter2|cret|Z1dGVy/);
  });
});

describe('docs/operate/configuration.md', () => {
  const page = readFileSync(fileURLToPath(new URL('../../../docs/operate/configuration.md', import.meta.url)), 'utf8');
  const block = (language: string) => new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(page)?.[1] ?? '';

  it('has an example that is right, and names the schema', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rxcam-test-config-'));
    writeFileSync(join(folder, 'redis'), 'hunter2\n');
    const text = block('yaml');
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\/node_modules\/rxcam\/schema\.json\n/);
    const { cameras, brokers } = parseConfig(text.replace('/run/secrets/redis', join(folder, 'redis')), { file: 'cameras.yaml', env: { KAFKA_PASSWORD: 'a', GATE_PASSWORD: 'b' } });
    expect(brokers.map(({ name, kind }) => [name, kind])).toEqual([['main', 'kafka'], ['archive', 'redis']]);
    expect(cameras.map(({ name, enabled, pipeline }) => [name, enabled, pipeline.map(({ kind }) => kind).join(' ')])).toEqual([
      ['gate', true, 'skipRate resize encodeH265 toMessage publish retry'], ['crossing', true, 'skipRate resize encodeH265 toMessage publish retry'], ['hall', false, 'passthrough toMessage publish retry'],
    ]);
    expect(cameras[0]?.pipeline[0]?.options).toEqual({ fps: 10 });
    expect(cameras[2]?.pipeline[2]?.options).toEqual({ broker: 'archive', topic: 'raw.hall' });
  });

  it('shows mistakes as they are reported', () => {
    const text = 'brokers: { main: "memory:" }\ncameras:\n  gate:\n    source: rtsp://h/a\n    pipeline:\n      - resize: { widht: 640 }\n      - publish: { topic: a }\n';
    expect(problems(text)).toEqual(block('text').trimEnd().split('\n'));
  });

  it('names the steps and the keys that there are', () => {
    const { properties } = (configSchema()['$defs'] as { template: { properties: object } }).template;
    for (const name of ['source', 'pipeline', 'steps', 'extends', 'enabled', 'retry']) expect(Object.keys(properties)).toContain(name);
    const others = Object.keys(FILE_STEPS).filter((name) => !Object.hasOwn(STEPS, name));
    expect(page).toContain(`then ${others.slice(0, -1).map((name) => `\`${name}\``).join(', ')} and \`${others.at(-1) ?? ''}\``);
  });
});
