/** Writes the examples of a page of docs/ where a test can import them: the package's entries are those of the checkout. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { blocks } from './readme.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ENTRIES: Readonly<Record<string, string>> = {
  'rxcam': 'src/index.ts', 'rxcam/testing': 'marbles/kit/index.ts', 'rxcam/streamer': 'src/apps/streamer/index.ts', 'rxcam/report': 'src/apps/report.ts', 'rxcam/config': 'src/apps/config/index.ts', 'rxcam/metrics': 'src/apps/metrics/index.ts', 'rxcam/dashboard': 'src/apps/dashboard/index.ts',
  'rxcam/tracing': 'src/apps/tracing/index.ts',
};

/** The examples of a page by their file name; `examples['ndjson.ts']` is the path of one. */
export function examplesOf(page: string): Readonly<Record<string, string>> {
  const folder = `${ROOT}.cache/docs/${page.replace('.md', '')}`;
  mkdirSync(folder, { recursive: true });
  return Object.fromEntries(blocks(readFileSync(`${ROOT}docs/${page}`, 'utf8')).flatMap(({ language, code }) => {
    const name = language === 'ts' ? /^\/\/ ([\w.-]+\.ts)\n/.exec(code)?.[1] : undefined;
    if (name === undefined) return [];
    writeFileSync(`${folder}/${name}`, code.replace(/from '(rxcam(?:\/\w+)?)';/g, (_, entry: string) => `from '${ROOT}${ENTRIES[entry] ?? entry}';`));
    return [[name, `${folder}/${name}`]];
  }));
}

/** What the compiler says of them, as users have it set: strict. */
export function complaintsOf(files: readonly string[]): string[] {
  const program = ts.createProgram([...files], {
    target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, strict: true, skipLibCheck: true,
    exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noImplicitOverride: true, allowImportingTsExtensions: true, noEmit: true,
    types: ['node'], typeRoots: [`${ROOT}node_modules/@types`],
  });
  return ts.getPreEmitDiagnostics(program).map(({ messageText, file, start }) => (
    `${file?.fileName.replace(ROOT, '') ?? ''}:${file?.getLineAndCharacterOfPosition(start ?? 0).line ?? 0}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
  ));
}
