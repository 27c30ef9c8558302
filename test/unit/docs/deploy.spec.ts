/** The files of docs/deploy, and the workflow: their commands are those of rxcam, their cameras a configuration, and the image gets what the package holds. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { parseConfig } from '../../../src/apps/config/index.js';
import { parseArguments } from '../../../src/apps/cli/arguments/index.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const textOf = (name: string) => readFileSync(`${ROOT}docs/deploy/${name}`, 'utf8');
const { bin, files, version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { bin: { rxcam: string }; files: string[]; version: string };

function commandOf(words: readonly string[]): string | undefined {
  const parsed = parseArguments(words, { out: () => undefined, error: (text) => { throw new Error(text); } });
  return typeof parsed === 'number' ? undefined : parsed.command;
}

describe('Dockerfile', () => {
  it('runs commands of rxcam, and checks its health', () => {
    const commands = [...textOf('Dockerfile').matchAll(/CMD (\[.*\])$/gm)].map(([, words = '']) => JSON.parse(words) as string[]);
    expect(commands.map((words) => commandOf(words.filter((word) => word !== 'rxcam')))).toEqual(['health', 'run']);
    expect(textOf('Dockerfile')).toMatch(/^ENTRYPOINT \["rxcam"\]$/m);
  });

  it('is given what the package is made of', () => {
    const given = [...textOf('Dockerfile.dockerignore').matchAll(/^!(.*)$/gm)].map(([, name = '']) => name);
    const needed = ['package.json', 'package-lock.json', 'tsconfig.json', 'LICENSE', 'src', 'operators', 'marbles', ...files.filter((file) => !file.startsWith('dist/'))];
    expect(given.sort()).toEqual(needed.sort());
  });
});

describe('systemd', () => {
  it.each([['rxcam.service', 'run'], ['rxcam-health.service', 'health']])('%s starts the program of the package', (name, command) => {
    const [, file, words = ''] = /^ExecStart=.*\/usr\/bin\/node (\S+) ([^|'\n]*)/m.exec(textOf(name)) ?? [];
    expect(file).toBe(`/opt/rxcam/node_modules/rxcam/${bin.rxcam.replace('./', '')}`);
    expect(commandOf(words.trim().split(' '))).toBe(command);
  });
});

it('GitHub runs the steps of .ci/run', () => {
  const steps = [...readFileSync(`${ROOT}.ci/run`, 'utf8').matchAll(/^ *(npm (?:ci|test|run [a-z:]+)|node \S+\.mjs)/gm)].map(([, step]) => step);
  const { jobs } = parse(readFileSync(`${ROOT}.github/workflows/ci.yml`, 'utf8')) as { jobs: { test: { steps: { run?: string }[] } } };
  const run = jobs.test.steps.flatMap(({ run: words }) => (words === undefined ? [] : [words.replace(/ \.cache\/.*$/, '')]));
  expect(steps).toEqual(['npm ci', 'npm run check', 'npm test', 'node test/services/count.mjs']);
  expect(run).toEqual(steps);
});

describe('kubernetes.yaml', () => {
  interface Container { readonly image: string; readonly args: string[]; readonly livenessProbe?: Probe; readonly readinessProbe?: Probe; readonly startupProbe?: Probe }
  interface Probe { readonly exec: { readonly command: string[] } }
  interface Part { readonly kind: string; readonly data?: Record<string, string>; readonly spec?: { readonly template?: { readonly spec: { readonly containers: Container[] } } } }
  const parts = parseAllDocuments(textOf('kubernetes.yaml')).map((document) => document.toJS() as Part);
  const containers = parts.flatMap(({ spec }) => spec?.template?.spec.containers ?? []);

  it('has commands of rxcam, and its version', () => {
    const words = containers.map(({ args }) => args.map((word) => word.replace(/\$\(CORES\)/, '2')));
    expect(words.map(commandOf)).toEqual(['fleet', 'worker']);
    const probes = containers.flatMap(({ startupProbe, livenessProbe, readinessProbe }) => [startupProbe, livenessProbe, readinessProbe]);
    const commands = probes.flatMap((probe) => (probe === undefined ? [] : [probe.exec.command]));
    expect(commands.map(([, ...rest]) => commandOf(rest))).toEqual(['health', 'health', 'health']);
    expect(containers.map(({ image }) => image.split(':')[1])).toEqual([version, version]);
  });

  it('has cameras that are valid', () => {
    const text = parts.find(({ kind }) => kind === 'ConfigMap')?.data?.['cameras.yaml'] ?? '';
    const { cameras } = parseConfig(`${text}\nbrokers: { fleet: 'kafka://kafka:9092' }\n`, { file: 'cameras.yaml', env: { GATE_PASSWORD: 'x' } });
    expect(cameras.map(({ options }) => options.key)).toEqual(['gate', 'pattern']);
  });
});
