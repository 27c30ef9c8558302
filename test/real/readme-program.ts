/** Builds the package as users get it, compiles the examples of README.md and docs/ against it, and runs each as a program. */
import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Block } from '../unit/readme.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = `${ROOT}.cache/readme`;
/** The package, once it is built. */
export const PACKAGE = `${FOLDER}/node_modules/rxcam`;
const EXAMPLES = `${FOLDER}/examples`;
const TSC = `${ROOT}node_modules/typescript-7/bin/tsc`;
const GONE_WITHIN_MS = 5_000;

/** The command line, once it is built. */
export const MAIN = `${PACKAGE}/dist/bundle/cli.js`;

/** Installs the built package, and rxjs, in a folder: programs below it import them. */
export function install(folder: string): void {
  mkdirSync(`${folder}/node_modules`);
  symlinkSync(PACKAGE, `${folder}/node_modules/rxcam`);
  symlinkSync(`${ROOT}node_modules/rxjs`, `${folder}/node_modules/rxjs`);
}

/**
 * Puts the built package where the examples look for it: `import 'rxcam'` goes by its package.json. One test file
 * builds after the other, and the second finds that nothing has changed.
 */
export async function build(): Promise<void> {
  mkdirSync(PACKAGE, { recursive: true });
  copyFileSync(`${ROOT}package.json`, `${PACKAGE}/package.json`);
  writeFileSync(`${FOLDER}/package.json`, JSON.stringify({ name: 'readme-examples', private: true, type: 'module' }));
  const options = `--outDir '${PACKAGE}/dist' --incremental --tsBuildInfoFile '${FOLDER}/tsbuildinfo' --listEmittedFiles`;
  // The bundler removes declarations that no entry led to; one that an entry leads to now is not emitted again by itself.
  const script = `emit() { out=$('${TSC}' -p '${ROOT}tsconfig.json' ${options}) || { echo "$out"; exit 1; }; }
    bundle() { node '${ROOT}src/bundle.mjs' '${PACKAGE}'; }
    emit
    isOld=; for file in '${ROOT}package.json' '${ROOT}src/bundle.mjs'; do test '${MAIN}' -nt "$file" || isOld=1; done
    if test "$isOld" || echo "$out" | grep -q ^TSFILE; then bundle || { rm '${FOLDER}/tsbuildinfo'; emit; bundle; }; fi`;
  const { exitCode, stdout } = await execa('flock', [`${FOLDER}.lock`, 'sh', '-c', script], { reject: false, all: true });
  if (exitCode !== 0) throw new Error(stdout);
}

/** Compiles the examples, all together; returns what the compiler complains of, with the page and its line. */
export async function compile(examples: readonly Block[], placed: (code: string) => string): Promise<string> {
  rmSync(EXAMPLES, { recursive: true, force: true });
  mkdirSync(EXAMPLES);
  for (const example of examples) writeFileSync(`${EXAMPLES}/${nameOf(example)}.ts`, '\n'.repeat(example.line - 1) + placed(example.code));
  writeFileSync(`${FOLDER}/tsconfig.json`, JSON.stringify({
    compilerOptions: {
      target: 'ES2023', lib: ['ES2023'], module: 'NodeNext', types: ['node'], sourceMap: true, strict: true, skipLibCheck: true,
      noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, noImplicitOverride: true, verbatimModuleSyntax: true, rootDir: '.',
    },
    include: ['examples'],
  }));
  const { stdout } = await execa(TSC, ['-p', `${FOLDER}/tsconfig.json`], { reject: false });
  return examples.reduce((text, example) => text.replaceAll(`examples/${nameOf(example)}.ts(`, `${example.page}(`), stdout);
}

/** A block that others import says its own name; any other is named after its page and line. */
export function nameOf({ page, code, line }: Block): string {
  return moduleName(code) ?? `${page.replace(/\.md$/, '').replaceAll(/[^\w-]+/g, '-')}-${line}`;
}

export function moduleName(code: string): string | undefined {
  return /^\/\/ ([\w.-]+)\.ts\n/.exec(code)?.[1];
}

/** A compiled example. */
export function programOf(example: Block): string {
  return `${EXAMPLES}/${nameOf(example)}.js`;
}

export interface Ended {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  /** Interrupts the program (SIGINT) when stdout and stderr together match. Without it, it ends by itself. */
  readonly until?: RegExp | undefined;
}

/**
 * Runs a command of the shell to its end.
 * @throws if a process that it has started is left
 */
export async function runCommand(command: string, { cwd, until }: RunOptions): Promise<Ended> {
  const mark = `RXCAM_README_RUN=${randomUUID()}`;
  const [name = '', value = ''] = mark.split('=');
  const child = execa('sh', ['-c', `exec ${command}`], {
    cwd, reject: false, stdin: 'ignore', env: { [name]: value, XDG_CACHE_HOME: `${cwd}/cache` },
  });
  let said = '';
  let isTold = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += String(chunk);
      if (isTold || until?.test(said) !== true) return;
      isTold = true;
      child.kill('SIGINT');
    });
  }
  const { exitCode, signal, stdout, stderr } = await child;
  await noneLeft(mark);
  return { exitCode, signal, stdout, stderr };
}

/** Children inherit the mark in their environment, even from another parent. */
async function noneLeft(mark: string): Promise<void> {
  const end = performance.now() + GONE_WITHIN_MS;
  for (;;) {
    const left = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && readProc(pid, 'environ').includes(mark));
    if (left.length === 0) return;
    if (performance.now() > end) throw new Error(`left over: ${left.map((pid) => readProc(pid, 'cmdline').replaceAll('\0', ' ')).join('\n')}`);
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}

function readProc(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return '';
  }
}
