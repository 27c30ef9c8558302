/** rxcam as plain JavaScript in a separate folder, for programs that tests start by the dozen: neither a build nor a loader. */
import { cpSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { temporaryFolder } from '../services/index.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OPTIONS = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, verbatimModuleSyntax: true };

/** The folder: `src/…` and `operators/…` as here. Types are not checked. It is the caller's to remove. */
export function plainJavaScript(): string {
  const to = temporaryFolder('plain');
  cpSync(join(ROOT, 'package.json'), join(to, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(to, 'node_modules'));
  for (const folder of ['src', 'operators']) {
    for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts')) continue;
      const file = join(to, folder, name.replace(/ts$/, 'js'));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, ts.transpileModule(readFileSync(join(ROOT, folder, name), 'utf8'), { compilerOptions: OPTIONS }).outputText);
    }
  }
  return to;
}
