/** The package as it is published: its files, its size, the names and types of its entries, and what each of them loads. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import ts from 'typescript';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PUBLIC_NAMES } from '../unit/public-names.js';
import { needs } from '../services/index.js';
import { NAMED, Packed, ROOT, written } from './packed.js';

/** Uses the types of each entry: wrong ones do not compile. */
const USE_OF_TYPES = `
import { camera, encodeH265, memory, publish, toMessage } from 'rxcam';
import { CameraStreamer, type CameraStreamerConfig } from 'rxcam/streamer';
import { type FleetConfig, coordinator, fleet } from 'rxcam/fleet';
import { report, reportText } from 'rxcam/report';
import { fakeCamera } from 'rxcam/testing';
const gate = camera('test:');
const topics: string[] = [];
gate.pipe(encodeH265(), toMessage(), publish(memory(), { topic: 't' })).subscribe(({ topic }) => { topics.push(topic); });
const text: string = reportText(report(fakeCamera().stats));
const streamerOf = (config: CameraStreamerConfig): CameraStreamer => new CameraStreamer(config);
// @ts-expect-error -- there is no such option
camera('test:', { colour: 1 });
const config: FleetConfig<{ source: string }> = { coordinator: coordinator(memory()), run: ({ source }, { key }) => camera(source, { key }) };
fleet(config).subscribe(({ cameras }) => { topics.push(...cameras.map(({ key }) => key)); });
export { streamerOf, text, topics };
`;

/** Packages that are dependencies of rxcam's own dependencies. */
const isPart = (name: string) => !NAMED.includes(name);
/** npm's limit is far higher; this one is for installation over a slow network; bytes. */
const MAX_BYTES = 600_000;

/** Packages that the import of an entry loads, other than rxcam and rxjs; all others are loaded on demand. */
const LOADS: Readonly<Record<string, readonly string[]>> = {
  '.': [], './operators': [], './streamer': [], './report': [], './metrics': [], './fleet': [], './testing': [],
  './config': ['yaml'], './dashboard': ['hono', '@hono/node-server'], './tracing': ['@opentelemetry/api'],
};
/** The largest number of rxcam's files that an entry loads. */
const MOST_FILES = 30;

const packed = new Packed();
let home = '';

needs('ffmpeg')('the package', () => {
  beforeAll(() => packed.make());
  afterAll(() => { packed.remove(); });

  it('has its licence, its README and every file that it names', () => {
    const { unpacked } = packed;
    const names = readdirSync(unpacked, { recursive: true, encoding: 'utf8' });
    expect(names).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json', 'schema.json', 'dist/bundle/index.js', 'dist/src/index.d.ts', 'docs/deploy/Dockerfile', 'docs/monitoring/rxcam.rules.yml']));
    expect(readFileSync(join(unpacked, 'LICENSE'), 'utf8')).toMatch(/^MIT License/);
    expect(names.filter((name) => name.endsWith('.map'))).toEqual([]);
    for (const name of names.filter((one) => /\.[jt]s$/.test(one))) {
      expect(readFileSync(join(unpacked, name), 'utf8'), name).not.toContain('sourceMappingURL');
    }
  });

  it('is small', () => {
    expect(packed.bytes).toBeLessThanOrEqual(MAX_BYTES);
  });

  it.each(Object.entries(LOADS))('loads no more than the entry %s needs', async (entry, more) => {
    const loaded = await loadedBy(`await import('${entry.replace('.', 'rxcam')}');`);
    const own = loaded.filter((file) => file.includes('/node_modules/rxcam/'));
    expect(packagesIn(loaded).filter((name) => !isPart(name) && !['rxcam', 'rxjs'].includes(name)).sort()).toEqual([...more].sort());
    expect(own.length).toBeLessThanOrEqual(MOST_FILES);
  });

  it('has a limit for each entry', () => {
    expect(Object.keys(LOADS).sort()).toEqual(Object.keys(PUBLIC_NAMES).sort());
  });

  it.each([
    ['', []],
    ["subscribe(kafka({ brokers: ['h:1'], driver: 'platformatic' }), { topic: 't' })", []],
    ["publish(kafka({ brokers: ['h:1'], driver: 'platformatic' }), { topic: 't' })", ['@platformatic/kafka']],
  ])('loads the clients of brokers, the composer of commands and the logger only when they are needed: %s', async (uses, more) => {
    const loaded = await loadedBy(`
      const { camera, kafka, memory, publish, redis, subscribe } = await import('rxcam');
      camera('test:');
      await memory().close();
      if (typeof kafka !== 'function' || typeof redis !== 'function') throw new Error('not exported');
      ${uses};
    `);
    const packages = packagesIn(loaded);
    expect(packages.filter((name) => !isPart(name))).toEqual(expect.arrayContaining(['rxcam', 'rxjs', ...more]));
    if (more.length === 0) expect(new Set(packages)).toEqual(new Set(['rxcam', 'rxjs']));
  });

  it('has entries that load, each with its names', async () => {
    const home = packed.installed('entries');
    const entries = Object.keys(PUBLIC_NAMES).map((entry) => entry.replace('.', 'rxcam'));
    writeFileSync(join(home, 'program.mjs'), `
      const names = async (entry) => Object.keys(await import(entry));
      console.log(JSON.stringify(await Promise.all(${JSON.stringify(entries)}.map(names))));
    `);
    const { stdout } = await execa('node', ['program.mjs'], { cwd: home });
    for (const [index, names] of (JSON.parse(stdout) as string[][]).entries()) {
      const listed = Object.values(PUBLIC_NAMES)[index] ?? [];
      expect(names).not.toEqual([]);
      expect([entries[index], names.filter((name) => !listed.includes(name))]).toEqual([entries[index], []]);
      // All functions are values; the other names of the list may be types.
      expect([entries[index], listed.filter((name) => /^[a-z]/.test(name) && !names.includes(name))]).toEqual([entries[index], []]);
    }
  });

  it.each([
    ['node16', ts.ModuleKind.Node16, ts.ModuleResolutionKind.Node16], ['bundler', ts.ModuleKind.ESNext, ts.ModuleResolutionKind.Bundler],
  ])('has types for each name of each entry, as TypeScript finds them with %s', (_, module, moduleResolution) => {
    const home = packed.installed('types');
    writeFileSync(join(home, 'package.json'), '{ "type": "module" }');
    const lines = Object.entries(PUBLIC_NAMES).map(([entry, names], index) => (
      `import type { ${names.map((name) => `${name} as ${name}${index}`).join(', ')} } from '${entry.replace('.', 'rxcam')}';`
    ));
    writeFileSync(join(home, 'program.ts'), `${lines.join('\n')}\n${USE_OF_TYPES}`);
    const program = ts.createProgram([join(home, 'program.ts')], {
      module, moduleResolution, target: ts.ScriptTarget.ES2023, strict: true, exactOptionalPropertyTypes: true, noEmit: true,
      types: ['node'], typeRoots: [join(ROOT, 'node_modules/@types')],
    });
    expect(ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))).toEqual([]);
  });
});

/** The modules, ES and CommonJS, that a program has loaded when it ends. */
async function loadedBy(program: string): Promise<string[]> {
  if (home === '') home = packed.installed('import');
  written(home, 'hooks.mjs', `
    import { writeSync } from 'node:fs';
    export const load = (url, context, next) => { writeSync(1, url + '\\n'); return next(url, context); };
  `);
  written(home, 'program.mjs', `
    import { createRequire, register } from 'node:module';
    register('./hooks.mjs', import.meta.url);
    ${program}
    console.log(Object.keys(createRequire(import.meta.url).cache).join('\\n'));
  `);
  return (await execa('node', ['program.mjs'], { cwd: home })).stdout.split('\n');
}

function packagesIn(loaded: readonly string[]): string[] {
  return [...new Set(loaded.flatMap((file) => /.*[/]node_modules[/]((?:@[^/]+[/])?[^/]+)/.exec(file)?.[1] ?? []))];
}
