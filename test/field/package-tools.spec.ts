/** The package with other tools: bundlers, test runners, CommonJS, other releases of Node and of rxjs, npm without the optional packages. */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { build as viteBuild } from 'vite';
import { NODE_RELEASES, nodeOf } from '../services/cache.mjs';
import { needs, noFfmpegLeft } from '../services/index.js';
import { COMMON, MANIFEST, MODULE, OUTPUT, Packed, ROOT, written } from './packed.js';

const packed = new Packed();
beforeAll(() => packed.make());
afterAll(() => { packed.remove(); });

/** Runs a program to its end, and expects its output on stdout and nothing on stderr. */
async function works(cwd: string, file: string, node = process.execPath): Promise<void> {
  expect(await execa(node, [file], { cwd, reject: false })).toMatchObject({ exitCode: 0, stdout: OUTPUT, stderr: '' });
  await noFfmpegLeft();
}

needs('ffmpeg')('the package with', () => {
  it('esbuild: in one file, in a folder with nothing else', async () => {
    const home = packed.home('bundle');
    cpSync(packed.unpacked, join(home, 'node_modules/rxcam'), { recursive: true });
    const alone = packed.home('alone');
    await bundle({
      entryPoints: [written(home, 'program.mjs', MODULE)], outfile: join(alone, 'program.mjs'), bundle: true, format: 'esm', platform: 'node', logLevel: 'error',
      nodePaths: [join(ROOT, 'node_modules')],
    });
    await works(alone, 'program.mjs');
  });

  it.each([['with its dependencies outside', false], ['in one file', true]])('vite, for a server: %s', async (_, noExternal) => {
    const home = packed.installed('vite');
    written(home, 'package.json', '{ "type": "module" }');
    await viteBuild({
      root: home, configFile: false, logLevel: 'error',
      build: { ssr: written(home, 'program.ts', MODULE), outDir: 'out', emptyOutDir: true }, ssr: noExternal ? { noExternal: true } : {},
    });
    if (noExternal) rmSync(join(home, 'node_modules'), { recursive: true });
    await works(home, 'out/program.js');
  });

  it('vitest: a pipeline is tested in virtual time by rxcam/testing', async () => {
    const home = packed.installed('vitest', ['vitest', 'vite']);
    written(home, 'package.json', '{ "type": "module" }');
    written(home, 'pipeline.test.js', `
      import { expect, it } from 'vitest';
      import { encodeH265, memory, publish, retry, skipRate, toMessage } from 'rxcam';
      import { expectParts, fakeCamera, marbles } from 'rxcam/testing';
      const pipeline = (gate, broker) => gate.pipe(skipRate(2), encodeH265(), toMessage(), publish(broker, { topic: 't' }), retry());
      it('publishes every second picture', () => {
        marbles(() => { expectParts(pipeline(fakeCamera('fffff|', { live: false }), memory()), 'a-b-c|', { a: { seq: 1 }, b: { seq: 3 }, c: { seq: 5 } }); });
      });
      it('fails if another diagram is expected', () => {
        expect(() => marbles(() => { expectParts(pipeline(fakeCamera('f|', { live: false }), memory()), '-a|', { a: { seq: 1 } }); })).toThrow(/expected/);
      });
    `);
    const { exitCode, stdout, all } = await execa(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--reporter=json'], { cwd: home, reject: false, all: true });
    expect(exitCode, all).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ numPassedTests: 2, numTotalTests: 2 });
  });

  it('CommonJS: each entry is required, and a pipeline runs', async () => {
    const home = packed.installed('common');
    await works(home, written(home, 'program.cjs', COMMON));
    const entries = Object.keys(MANIFEST.exports).map((entry) => entry.replace('.', 'rxcam'));
    const text = `for (const entry of ${JSON.stringify(entries)}) console.log(entry, Object.keys(require(entry)).length > 0);`;
    const { stdout, stderr } = await execa(process.execPath, [written(home, 'entries.cjs', text)], { cwd: home });
    expect([stdout, stderr]).toEqual([entries.map((entry) => `${entry} true`).join('\n'), '']);
  });
});

needs('ffmpeg', 'nodes').each(NODE_RELEASES.map((release) => [release, nodeOf(release)] as const))('the package on Node %s', (_, node) => {
  it.each([['program.mjs', MODULE], ['program.cjs', COMMON]])('runs: %s', async (name, text) => {
    const home = packed.installed('node');
    await works(home, written(home, name, text), node);
  });
});

needs('ffmpeg', 'npm')('the package installed by npm', () => {
  it.each(['7.5.0', '7.8'])('runs beside rxjs %s, without the optional packages', async (version) => {
    const home = packed.home('npm');
    written(home, 'package.json', '{ "type": "module" }');
    const options = ['--prefer-offline', '--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund'];
    await execa('npm', ['install', ...options, packed.tarball, `rxjs@${version}`], { cwd: home });
    expect(existsSync(join(home, 'node_modules/@ffmpeg-installer'))).toBe(false);
    await works(home, written(home, 'program.mjs', MODULE));
    expect(JSON.parse(readFileSync(join(home, 'node_modules/rxjs/package.json'), 'utf8'))).toMatchObject({ version: expect.stringMatching(new RegExp(`^${version}`)) as string });
    await sayWhichFfmpeg(home);
  });
});

/** Without the optional package and without ffmpeg on PATH, the error names the remedy, and FFMPEG_PATH is one. */
async function sayWhichFfmpeg(home: string): Promise<void> {
  mkdirSync(join(home, 'empty'));
  const rxcam = (env: Record<string, string>) => execa(process.execPath, ['node_modules/rxcam/dist/bundle/cli.js', 'stream', 'test:?duration=0.2', '--json', '--log-level', 'silent'], {
    cwd: home, reject: false, env: { PATH: join(home, 'empty'), XDG_CACHE_HOME: home, ...env }, extendEnv: false,
  });
  const without = await rxcam({});
  expect(without).toMatchObject({ exitCode: 2 });
  expect(without.stdout).toMatch(/"published":0/);
  const log = await execa(process.execPath, ['node_modules/rxcam/dist/bundle/cli.js', 'doctor'], { cwd: home, reject: false, env: { PATH: join(home, 'empty'), XDG_CACHE_HOME: home }, extendEnv: false });
  expect(log.stdout.replaceAll(/\s+/g, ' ')).toContain('tried: PATH has none; @ffmpeg-installer/ffmpeg is not installed (an optional dependency). Install one (apt install ffmpeg');
  const { stdout: ffmpeg } = await execa('which', ['ffmpeg']);
  expect(await rxcam({ FFMPEG_PATH: ffmpeg })).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('"published":') as string });
}
