/** Every operator is where it belongs: exported, tested by marbles, documented; and no file has two subjects. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as operators from '../../operators/index.js';
import * as entry from '../../src/index.js';
import { STEP_KINDS } from '../../src/core/steps/index.js';
import { STEPS_WITH_OPTIONS } from './interfaces.js';
import { blocks, tableOf } from './readme.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAX_LINES = 200;

const FILES = readdirSync(`${ROOT}operators`).filter((name) => name.endsWith('.ts') && name !== 'index.ts').map((name) => name.replace(/\.ts$/, ''));

const WITHOUT_OPTIONS: ReadonlySet<string> = new Set(STEP_KINDS.filter((kind) => !STEPS_WITH_OPTIONS.includes(kind)));

/** `skip-rate` is the file of `skipRate`. */
const nameOf = (file: string) => file.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

describe.each(FILES.map((file) => [nameOf(file), file] as const))('the operator %s', (name, file) => {
  const source = readFileSync(`${ROOT}operators/${file}.ts`, 'utf8');
  const comment = commentOf(source, name);

  it('is exported from operators/index.ts and from src/index.ts', () => {
    expect(operators).toHaveProperty(name, expect.any(Function));
    expect(entry).toHaveProperty(name, (operators as Record<string, unknown>)[name]);
  });

  it('has a marble spec of its name', () => {
    expect(existsSync(`${ROOT}marbles/${file}.spec.ts`)).toBe(true);
  });

  it('has a spec that says when its sources are subscribed to', () => {
    expect(readFileSync(`${ROOT}marbles/${file}.spec.ts`, 'utf8')).toMatch(/expectSubscriptions\(|[sS]ubscriptions\)\.to/);
  });

  it('has a doc comment with a sentence, a diagram, an example and what is thrown', () => {
    expect(comment).toMatch(/^[A-Z][^\n]*\.\n/);
    expect(diagramOf(comment)).toMatch(/-\w-.*\|/);
    expect(comment).toContain('@example');
    expect(comment).toContain('@throws InvalidOption');
  });

  it('is in the table of all operators', () => {
    expect(readFileSync(`${ROOT}docs/reference/which-operator.md`, 'utf8')).toContain(`\n| [\`${name}\`](../guides/`);
  });

  it('is documented in the guides with the same diagram, its defaults and an example', () => {
    const own = blocks().filter(({ heading }) => heading === name);
    expect(own.find(({ language }) => language === 'text')?.code).toBe(diagramOf(comment));
    expect(own.filter(({ language, code }) => language === 'ts' && code.includes(`${name}(`))).not.toEqual([]);
    if (!WITHOUT_OPTIONS.has(name)) expect(tableOf(name, 'default').rows).not.toEqual([]);
  });
});

// Specs of the kit are about its fakes, which the other specs rely on.
it.each(readdirSync(`${ROOT}marbles`).filter((name) => /^(?!kit-).*\.spec\.ts$/.test(name)))('says in each test of %s when the sources are subscribed to', (name) => {
  const tests = testsOf(readFileSync(`${ROOT}marbles/${name}`, 'utf8')).filter(playsSource);
  expect(tests.filter((test) => !/[sS]ubscriptions/.test(test)).map((test) => test.split('\n', 1)[0])).toEqual([]);
});

it('exports no operator that has no file', () => {
  expect(Object.keys(operators).sort()).toEqual(FILES.map(nameOf).sort());
});

it.each(['src', 'operators', 'marbles/kit'])('has no file in %s of more than 200 lines, and each says first what it is for', (folder) => {
  const files = readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  for (const name of files) {
    const text = readFileSync(`${ROOT}${folder}/${name}`, 'utf8');
    expect(text.trimEnd().split('\n').length, `lines of ${folder}/${name}`).toBeLessThanOrEqual(MAX_LINES);
    expect(text, `${folder}/${name}`).toMatch(/^(#!.*\n)?\/\*\*/);
  }
});

/** Of the same meaning in two places: a browser loads no fleet. */
const SHARED: ReadonlySet<string> = new Set(['CONDITIONS']);

it('exports no name with two meanings', () => {
  const files = ['src', 'operators', 'marbles/kit'].flatMap((folder) => readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith('apps/dashboard/page/')).map((name) => `${folder}/${name}`));
  const places = new Map<string, Set<string>>();
  for (const file of files) {
    for (const [, name = ''] of readFileSync(`${ROOT}${file}`, 'utf8').matchAll(/^export (?:abstract )?(?:async )?(?:function\*?|class|interface|type|const) ([\w$]+)/gm)) {
      places.set(name, (places.get(name) ?? new Set()).add(file));
    }
  }
  expect(places.size).toBeGreaterThan(1_000);
  expect([...places].filter(([name, { size }]) => size > 1 && !SHARED.has(name)).map(([name, found]) => `${name}: ${[...found].join(', ')}`)).toEqual([]);
});

/** Names of files in several folders that mean the same in each: the part of that folder for one subject. */
const SHARED_FILES: ReadonlySet<string> = new Set([
  // An operator, and its step.
  'crop.ts', 'encode-h265.ts', 'encode-jpeg.ts', 'passthrough.ts', 'resize.ts', 'skip-rate.ts', 'skip-unchanged.ts', 'video-filter.ts',
  // A function or an operator, and its command or its flags.
  'clip.ts', 'config.ts', 'dashboard.ts', 'doctor.ts', 'fleet.ts', 'read.ts', 'reading.ts', 'positions.ts', 'record.ts', 'report.ts', 'run.ts', 'snapshot.ts',
  'stats.ts', 'worker.ts',
  // The part of a configuration, the dashboard, the metrics or the doctor for one thing.
  'broker.ts', 'brokers.ts', 'camera.ts', 'clock.ts', 'pipeline.ts', 'received.ts', 'secrets.ts', 'source.ts', 'summary.ts',
  // The same part of several brokers, sources or engines.
  'client.ts', 'coordination.ts', 'engine.ts', 'failures.ts', 'group.ts', 'kafka.ts', 'kind.ts', 'login.ts', 'member.ts', 'reader.ts', 'redis.ts', 'wire.ts',
  // A role in any folder.
  'index.ts', 'main.ts', 'options.ts', 'types.ts',
]);

it('gives no two files one name with two meanings', () => {
  const files = ['src', 'operators'].flatMap((folder) => readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' }))
    .filter((name) => /\.tsx?$/.test(name) && !name.startsWith('apps/dashboard/page/')).map((name) => basename(name));
  expect(files.length).toBeGreaterThan(500);
  expect(files.filter((name, at) => files.indexOf(name) !== at && !SHARED_FILES.has(name))).toEqual([]);
  expect([...SHARED_FILES].filter((name) => files.filter((other) => other === name).length < 2)).toEqual([]);
});

/** The texts of a spec's `it(…)`. */
function testsOf(spec: string): string[] {
  return [...spec.matchAll(/^( +)it(?:\.each)?\(.*\n[^]*?^\1\}.*\);$/gm)].map(([test]) => test);
}

/** Whether a source is played that logs its subscriptions. */
function playsSource(test: string): boolean {
  return /\b(?:cold|hot|camera|fakeCamera|fakeTopic)(?:<\w+>)?\(/.test(test) && /expect(?:Observable|Parts|Stats)\(|flush\(\);/.test(test);
}

/** The doc comment of an exported function, without its stars. */
function commentOf(source: string, name: string): string {
  const end = source.indexOf(`\nexport function ${name}`);
  const start = source.lastIndexOf('/**\n', end);
  return source.slice(start, end).split('\n').slice(1, -1).map((line) => line.replace(/^ \* ?/, '')).join('\n');
}

/** The contents of its first fence. */
function diagramOf(comment: string): string {
  return /^```(?:text)?\n([^]*?)^```$/m.exec(comment)?.[1] ?? '';
}
