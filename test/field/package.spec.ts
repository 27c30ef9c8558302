/** The package as it is published: what is in it, that it runs with the oldest and the newest rxjs, and that a bundle of all of it runs. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'esbuild';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
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

let folder: string;
let tarball: string;
let unpacked: string;

needs('ffmpeg')('the package', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rxcam-package-'));
    // Built beside the checkout, whose own build others use.
    const checkout = join(folder, 'checkout');
    await execa(join(ROOT, 'node_modules/.bin/tsc'), ['-p', join(ROOT, 'tsconfig.json'), '--outDir', join(checkout, 'dist')]);
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

  it('loads the client of a broker with its handle, and the composer of commands and the logger when they are needed, not before', async () => {
    const home = mkdtempSync(join(folder, 'import-'));
    mkdirSync(join(home, 'node_modules'));
    cpSync(unpacked, join(home, 'node_modules/rxcam'), { recursive: true });
    for (const name of ['rxjs', 'kafkajs', 'ioredis', 'fluent-ffmpeg', 'pino', 'zod', 'tslib', 'commander', 'log-update']) {
      symlinkSync(join(ROOT, 'node_modules', name), join(home, 'node_modules', name));
    }
    writeFileSync(join(home, 'hooks.mjs'), `
      import { writeSync } from 'node:fs';
      export const load = (url, context, next) => { writeSync(1, url + '\\n'); return next(url, context); };
    `);
    writeFileSync(join(home, 'program.mjs'), `
      import { createRequire, register } from 'node:module';
      register('./hooks.mjs', import.meta.url);
      const { camera, kafka, memory, redis } = await import('rxcam');
      camera('test:');
      await memory().close();
      if (typeof kafka !== 'function' || typeof redis !== 'function') throw new Error('not exported');
      console.log(Object.keys(createRequire(import.meta.url).cache).join('\\n'));
    `);
    const { stdout } = await execa('node', ['program.mjs'], { cwd: home });
    const loaded = stdout.split('\n');
    const packages = loaded.flatMap((file) => /.*[/]node_modules[/]((?:@[^/]+[/])?[^/]+)/.exec(file)?.[1] ?? []);
    expect(new Set(packages)).toEqual(new Set(['rxcam', 'rxjs']));
    expect(loaded.filter((file) => file.includes('/rxcam/')).length).toBeLessThan(20);
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
