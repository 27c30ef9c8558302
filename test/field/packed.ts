/** The package as npm packs it, from one build for all tests, and folders in which it is installed. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { PACKAGE, build } from '../real/readme-program.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Manifest { readonly files: readonly string[]; readonly dependencies: object; readonly peerDependencies: object; readonly exports: object }
export const MANIFEST = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
/** The package, its dependencies, and its optional ones. */
export const NAMED = ['rxcam', ...Object.keys({ ...MANIFEST.dependencies, ...MANIFEST.peerDependencies })];

/** Sends five pictures to each kind of broker; two of these do not run. It is in a function so that it is valid in ES modules and in CommonJS. */
export const PROGRAM = `
const away = { retryInitialMs: 5 };
async function main() {
  for (const broker of [memory(), redis({ url: 'redis://127.0.0.1:9', ...away }), kafka({ brokers: ['127.0.0.1:9'], ...away })]) {
    const gate = camera('test:?size=64x48&fps=25&duration=0.4', { pace: 'asap', key: 'gate' });
    // It is tried again after 5 ms, which closing it may take.
    broker.errors$.pipe(take(1)).subscribe(({ code }) => { console.log(broker.kind, code); void broker.close({ deadlineMs: 0 }); });
    const steps = [skipRate(2), encodeH265(), toMessage(), publish(broker, { topic: 't' }), retry(), toArray()];
    console.log(broker.kind, (await lastValueFrom(gate.pipe(...steps))).length, gate.stats.captured);
    await broker.close();
  }
}
void main();
`;
const NAMES = '{ camera, encodeH265, kafka, memory, publish, redis, retry, skipRate, toMessage }';
const OF_RXJS = '{ lastValueFrom, take, toArray }';
/** The program as an ES module, and as CommonJS. */
export const MODULE = `import ${NAMES} from 'rxcam';\nimport ${OF_RXJS} from 'rxjs';\n${PROGRAM}`;
export const COMMON = `const ${NAMES} = require('rxcam');\nconst ${OF_RXJS} = require('rxjs');\n${PROGRAM}`;
export const OUTPUT = 'memory 5 10\nredis BROKER_UNAVAILABLE\nredis 0 10\nkafka BROKER_UNAVAILABLE\nkafka 0 10';

/** The package, packed and unpacked, in a folder of temporary files. */
export class Packed {
  readonly folder = mkdtempSync(join(tmpdir(), 'rxcam-package-'));
  readonly unpacked = join(this.folder, 'package');
  tarball = '';

  async make(): Promise<void> {
    await build();
    // Beside the checkout, whose build other tests use.
    const checkout = join(this.folder, 'checkout');
    cpSync(join(PACKAGE, 'dist'), join(checkout, 'dist'), { recursive: true });
    for (const name of ['package.json', 'README.md', 'LICENSE', ...MANIFEST.files.filter((file) => !file.startsWith('dist/'))]) {
      cpSync(join(ROOT, name), join(checkout, name), { recursive: true });
    }
    const { stdout } = await execa('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', this.folder], { cwd: checkout });
    this.tarball = join(this.folder, (JSON.parse(stdout) as [{ filename: string }])[0].filename);
    await execa('tar', ['-xzf', this.tarball, '-C', this.folder]);
  }

  get bytes(): number { return statSync(this.tarball).size; }

  /** An empty folder. */
  home(prefix: string): string {
    return mkdtempSync(join(this.folder, `${prefix}-`));
  }

  /** A folder in which the package is installed together with its dependencies. */
  installed(prefix: string, packages: readonly string[] = []): string {
    const home = this.home(prefix);
    cpSync(this.unpacked, join(home, 'node_modules/rxcam'), { recursive: true });
    for (const name of [...NAMED.filter((one) => one !== 'rxcam'), 'tslib', ...packages]) {
      mkdirSync(dirname(join(home, 'node_modules', name)), { recursive: true });
      symlinkSync(join(ROOT, 'node_modules', name), join(home, 'node_modules', name));
    }
    return home;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A file with a text; returns its path. */
export function written(home: string, name: string, text: string): string {
  writeFileSync(join(home, name), text);
  return join(home, name);
}
