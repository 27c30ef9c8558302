/** The commands of a fleet: how their arguments are parsed, and the errors for wrong ones. */
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../src/apps/cli/arguments/index.js';

const TO = ['--to', 'kafka://localhost:9092/video'];

function parsed(...words: string[]): unknown {
  return parseArguments(words, { out: () => undefined, error: (text) => { throw new Error(text); } });
}

function refusal(...words: string[]): string {
  const said: string[] = [];
  expect(parseArguments(words, { out: () => undefined, error: (text) => { said.push(text); } })).toBe(2);
  return said.join('');
}

const NONE = { broker: {}, brokers: { kafka: {}, redis: {}, memory: {} } };

describe('rxcam worker', () => {
  it('takes a name, a capacity, labels and further brokers', () => {
    expect(parsed('worker', ...TO, '--name', 'a', '--capacity', '2.5', '--label', 'north', '--label', 'gpu', '--broker', 'lab=redis://lab', '--fleet', 'east')).toEqual({
      command: 'worker', to: 'kafka://localhost:9092/video', name: 'east', slots: 256, json: false, logLevel: 'info',
      worker: 'a', capacity: 2.5, labels: ['north', 'gpu'], brokers: { lab: 'redis://lab' }, options: NONE,
    });
  });

  it('takes the options of brokers, as the other commands do', () => {
    const words = ['--ssl', '--sasl-mechanism', 'scram-sha-512', '--kafka-replicas', '3', '--no-create-topics', '--request-timeout', '2000', '--redis-maxlen', '50'];
    expect(parsed('worker', ...TO, ...words)).toMatchObject({
      options: {
        broker: { requestTimeoutMs: 2_000 },
        brokers: { kafka: { ssl: true, sasl: { mechanism: 'scram-sha-512' }, replicationFactor: 3, createTopics: false }, redis: { maxLen: 50 }, memory: {} },
      },
    });
    expect(parsed('fleet', 'status', ...TO, '--ssl', '--kafka-replicas', '3')).toMatchObject({ options: { brokers: { kafka: { ssl: true, replicationFactor: 3 } } } });
    expect(refusal('fleet', 'status', ...TO, '--kafka-acks', '1')).toContain("unknown option '--kafka-acks'");
  });

  it('has the dashboard of the other commands, and an address for others', () => {
    expect(parsed('worker', '--dashboard', ...TO)).toMatchObject({ dashboard: 'auto', dashboardHost: undefined });
    expect(parsed('worker', ...TO, '--dashboard', '9000', '--dashboard-host', '0.0.0.0', '--dashboard-url', 'https://cameras.example/c3/')).toMatchObject({
      dashboard: 9000, dashboardHost: '0.0.0.0', dashboardUrl: 'https://cameras.example/c3/',
    });
    expect(() => parsed('worker', ...TO, '--dashboard-url', 'http://a/')).toThrow('given, expected --dashboard beside it');
    expect(() => parsed('worker', ...TO, '--dashboard', '--dashboard-url', 'cupboard-3')).toThrow("worker: option 'dashboardUrl': \"cupboard-3\" given, expected an address that begins with http:// or https://");
    expect(() => parsed('worker', ...TO, '--dashboard', '70000')).toThrow("option 'dashboard': 70000 given");
  });

  it('says what is wrong', () => {
    expect(refusal('worker')).toContain("required option '--to <broker>' not specified");
    expect(refusal('worker', ...TO, '--capacity', 'much')).toContain('Expected a number');
    expect(() => parsed('worker', ...TO, '--broker', 'lab')).toThrow('worker: option \'broker\': "lab" given, expected NAME=ADDRESS');
    expect(() => parsed('worker', ...TO, '--capacity', '0')).toThrow("worker: option 'capacity': 0 given");
  });
});

describe('rxcam fleet', () => {
  const actionOf = (...words: string[]) => (parsed('fleet', ...words, ...TO) as { action: unknown }).action;

  it('has a subcommand for each action', () => {
    expect(actionOf('apply', 'cameras.yaml', '--dry-run')).toEqual({ kind: 'apply', file: 'cameras.yaml', isDryRun: true });
    expect(actionOf('add', 'gate', '{source: "test:"}')).toEqual({ kind: 'add', camera: 'gate', settings: '{source: "test:"}' });
    expect(actionOf('remove', 'gate', 'yard')).toEqual({ kind: 'remove', cameras: ['gate', 'yard'] });
    expect(actionOf('list')).toEqual({ kind: 'list' });
    expect(actionOf('status', '--watch')).toEqual({ kind: 'status', isWatched: true, showsAll: false, color: 'auto' });
    expect(actionOf('status', '--all', '--color', 'never')).toEqual({ kind: 'status', isWatched: false, showsAll: true, color: 'never' });
    expect(actionOf('drain', 'a')).toEqual({ kind: 'drain', worker: 'a' });
  });

  it('says what is wrong', () => {
    expect(refusal('fleet', 'frob', ...TO)).toContain("unknown command 'frob'");
    expect(refusal('fleet', 'apply', ...TO)).toContain("missing required argument 'file'");
    expect(refusal('fleet', 'list')).toContain("required option '--to <broker>' not specified");
  });
});
