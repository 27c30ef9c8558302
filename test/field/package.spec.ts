/** The package as it is published: what is in it, that it runs with the oldest and the newest rxjs, and that a bundle of all of it runs. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'esbuild';
import { execa } from 'execa';
import ts from 'typescript';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PUBLIC_NAMES } from '../unit/public-names.js';
import { needs, noFfmpegLeft } from '../services/index.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Five pictures into each kind of broker; two of them are not there. */
const PROGRAM = `
import { camera, encodeH265, kafka, memory, publish, redis, retry, skipRate, toMessage } from 'rxcam';
import { lastValueFrom, take, toArray } from 'rxjs';
const away = { retryInitialMs: 5 };
for (const broker of [memory(), redis({ url: 'redis://127.0.0.1:9', ...away }), kafka({ brokers: ['127.0.0.1:9'], ...away })]) {
  const gate = camera('test:?size=64x48&fps=25&duration=0.4', { pace: 'asap', key: 'gate' });
  // It is tried again after 5 ms, which closing it may take.
  broker.errors$.pipe(take(1)).subscribe(({ code }) => { console.log(broker.kind, code); void broker.close({ deadlineMs: 0 }); });
  const steps = [skipRate(2), encodeH265(), toMessage(), publish(broker, { topic: 't' }), retry(), toArray()];
  console.log(broker.kind, (await lastValueFrom(gate.pipe(...steps))).length, gate.stats.captured);
  await broker.close();
}
`;
const OUTPUT = 'memory 5 10\nredis BROKER_UNAVAILABLE\nredis 0 10\nkafka BROKER_UNAVAILABLE\nkafka 0 10';

/** Types that are wrong are found where they are used. */
const USE_OF_TYPES = `
import { camera, encodeH265, memory, publish, toMessage } from 'rxcam';
import { CameraStreamer, type CameraStreamerConfig } from 'rxcam/streamer';
import { report, reportText } from 'rxcam/report';
import { fakeCamera } from 'rxcam/testing';
const gate = camera('test:');
const topics: string[] = [];
gate.pipe(encodeH265(), toMessage(), publish(memory(), { topic: 't' })).subscribe(({ topic }) => { topics.push(topic); });
const text: string = reportText(report(fakeCamera().stats));
const streamerOf = (config: CameraStreamerConfig): CameraStreamer => new CameraStreamer(config);
// @ts-expect-error -- there is no such option
camera('test:', { colour: 1 });
export { streamerOf, text, topics };
`;

/** Packages that one of those that rxcam names brings with it. */
const isPart = (name: string) => !NAMED.includes(name);
const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, Record<string, string>>;
const NAMED = ['rxcam', ...Object.keys({ ...dependencies, ...peerDependencies })];

let folder: string;
let tarball: string;
let unpacked: string;

/** A folder in which the package is installed beside those that it names. */
function installed(prefix: string): string {
  const home = mkdtempSync(join(folder, prefix));
  cpSync(unpacked, join(home, 'node_modules/rxcam'), { recursive: true });
  for (const name of [...NAMED.filter((one) => one !== 'rxcam'), 'tslib']) {
    mkdirSync(dirname(join(home, 'node_modules', name)), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), join(home, 'node_modules', name));
  }
  return home;
}

needs('ffmpeg')('the package', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rxcam-package-'));
    // Built beside the checkout, whose own build others use.
    const checkout = join(folder, 'checkout');
    await execa(join(ROOT, 'node_modules/.bin/tsc'), ['-p', join(ROOT, 'tsconfig.json'), '--noCheck', '--outDir', join(checkout, 'dist')]);
    await execa('node', [join(ROOT, 'src/bundle.mjs'), checkout]);
    for (const name of ['package.json', 'README.md', 'LICENSE']) cpSync(join(ROOT, name), join(checkout, name));
    const { stdout } = await execa('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: checkout });
    tarball = join(folder, (JSON.parse(stdout) as [{ filename: string }])[0].filename);
    await execa('tar', ['-xzf', tarball, '-C', folder]);
    unpacked = join(folder, 'package');
  });
  afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

  it('has its licence, its README, and names no file that is not in it', () => {
    const names = readdirSync(unpacked, { recursive: true, encoding: 'utf8' });
    expect(names).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json', 'dist/bundle/index.js', 'dist/src/index.d.ts']));
    expect(readFileSync(join(unpacked, 'LICENSE'), 'utf8')).toMatch(/^MIT License/);
    expect(names.filter((name) => name.endsWith('.map'))).toEqual([]);
    for (const name of names.filter((one) => /\.[jt]s$/.test(one))) {
      expect(readFileSync(join(unpacked, name), 'utf8'), name).not.toContain('sourceMappingURL');
    }
  });

  it.each([
    ['', []],
    ["subscribe(kafka({ brokers: ['h:1'], driver: 'platformatic' }), { topic: 't' })", []],
    ["publish(kafka({ brokers: ['h:1'], driver: 'platformatic' }), { topic: 't' })", ['@platformatic/kafka']],
  ])('loads what writes to a broker when a pipeline publishes, the composer of commands and the logger when they are needed, not before: %s', async (uses, more) => {
    const home = installed('import-');
    writeFileSync(join(home, 'hooks.mjs'), `
      import { writeSync } from 'node:fs';
      export const load = (url, context, next) => { writeSync(1, url + '\\n'); return next(url, context); };
    `);
    writeFileSync(join(home, 'program.mjs'), `
      import { createRequire, register } from 'node:module';
      register('./hooks.mjs', import.meta.url);
      const { camera, kafka, memory, publish, redis, subscribe } = await import('rxcam');
      camera('test:');
      await memory().close();
      if (typeof kafka !== 'function' || typeof redis !== 'function') throw new Error('not exported');
      ${uses};
      console.log(Object.keys(createRequire(import.meta.url).cache).join('\\n'));
    `);
    const { stdout } = await execa('node', ['program.mjs'], { cwd: home });
    const loaded = stdout.split('\n');
    const packages = loaded.flatMap((file) => /.*[/]node_modules[/]((?:@[^/]+[/])?[^/]+)/.exec(file)?.[1] ?? []);
    expect([...new Set(packages)].filter((name) => !isPart(name))).toEqual(expect.arrayContaining(['rxcam', 'rxjs', ...more]));
    if (more.length === 0) expect(new Set(packages)).toEqual(new Set(['rxcam', 'rxjs']));
    if (uses === '') expect(loaded.filter((file) => file.includes('/rxcam/')).length).toBeLessThan(30);
  });

  it('has entries that load, each with the names that it is to have', async () => {
    const home = installed('entries-');
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
      // Functions, at least, are values; the rest of the list may be types.
      expect([entries[index], listed.filter((name) => /^[a-z]/.test(name) && !names.includes(name))]).toEqual([entries[index], []]);
    }
  });

  it.each([
    ['node16', ts.ModuleKind.Node16, ts.ModuleResolutionKind.Node16], ['bundler', ts.ModuleKind.ESNext, ts.ModuleResolutionKind.Bundler],
  ])('has types for each name of each entry, as TypeScript finds them with %s', (_, module, moduleResolution) => {
    const home = installed('types-');
    writeFileSync(join(home, 'package.json'), '{ "type": "module" }');
    const lines = Object.entries(PUBLIC_NAMES).map(([entry, names], index) => (
      `import type { ${names.map((name) => `${name} as ${name}${index}`).join(', ')} } from '${entry.replace('.', 'rxcam')}';`
    ));
    writeFileSync(join(home, 'program.ts'), `${lines.join('\n')}\n${USE_OF_TYPES}`);
    const program = ts.createProgram([join(home, 'program.ts')], {
      module, moduleResolution, target: ts.ScriptTarget.ES2023, strict: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: true,
      types: ['node'], typeRoots: [join(ROOT, 'node_modules/@types')],
    });
    expect(ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))).toEqual([]);
  });

  it('runs in one file with all that it needs, in a folder with nothing else', async () => {
    const home = mkdtempSync(join(folder, 'bundle-'));
    cpSync(join(unpacked), join(home, 'node_modules/rxcam'), { recursive: true });
    writeFileSync(join(home, 'program.mjs'), PROGRAM);
    const alone = mkdtempSync(join(folder, 'alone-'));
    await bundle({
      entryPoints: [join(home, 'program.mjs')], outfile: join(alone, 'program.mjs'), bundle: true, format: 'esm', platform: 'node', logLevel: 'error',
      nodePaths: [join(ROOT, 'node_modules')],
    });
    const { stdout } = await execa('node', ['program.mjs'], { cwd: alone });
    expect(stdout).toBe(OUTPUT);
    await noFfmpegLeft();
  });

  needs('npm')('installed', () => {
    it.each(['7.5.0', '7.8'])('is taken by npm beside rxjs %s, and runs', async (version) => {
      const home = mkdtempSync(join(folder, 'home-'));
      writeFileSync(join(home, 'package.json'), '{ "type": "module" }');
      const options = ['--prefer-offline', '--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund'];
      await execa('npm', ['install', ...options, tarball, `rxjs@${version}`], { cwd: home });
      writeFileSync(join(home, 'program.mjs'), PROGRAM);
      const { stdout } = await execa('node', ['program.mjs'], { cwd: home });
      expect(stdout).toBe(OUTPUT);
      expect(JSON.parse(readFileSync(join(home, 'node_modules/rxjs/package.json'), 'utf8'))).toMatchObject({ version: expect.stringMatching(new RegExp(`^${version}`)) as string });
      await noFfmpegLeft();
    });
  });
});
