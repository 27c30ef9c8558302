/** The examples of doc comments, as modules that compile: what they leave out is imported or declared. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { PUBLIC_NAMES } from './public-names.js';
import type { Block } from './readme.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Documented { readonly file: string; readonly name: string; readonly examples: readonly string[] }

/** Exported names whose doc comment has an example. */
export const DOCUMENTED: readonly Documented[] = ['src', 'operators', 'marbles/kit'].flatMap((folder) => readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' })
  .filter((name) => /(?<!\.d|\.spec)\.ts$/.test(name)).flatMap((name) => documentedIn(`${folder}/${name}`)));

/** The exported names of a file, with the examples of their doc comments. */
function documentedIn(file: string): Documented[] {
  const text = readFileSync(`${ROOT}${file}`, 'utf8');
  if (!text.includes('@example')) return [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return source.statements.flatMap((statement) => {
    const { name } = statement as { readonly name?: ts.Identifier };
    const comment = text.slice(statement.getFullStart(), statement.getStart());
    const examples = [...comment.matchAll(/@example\n([^]*?)(?=^ \* @|^ \*\/)/gm)].map(([, code = '']) => code.replace(/^ \* ?/gm, '').replace(/^```\w*\n/gm, ''));
    return name === undefined || examples.length === 0 ? [] : [{ file, name: name.text, examples }];
  });
}

const RX = "import('rxcam')";
/** What the texts of doc comments call a camera, a broker and so on. */
const SCENE: Readonly<Record<string, string>> = {
  'gate': `${RX}.Camera`, 'yard': `${RX}.Camera`, 'broker': `${RX}.MemoryBroker`, 'frames$': `import('rxjs').Observable<${RX}.Frame>`,
  'messages': `${RX}.Reception`, 'check': `${RX}.Verify`, 'messages$': `import('rxjs').Observable<${RX}.CameraMessage>`,
  'model': '{ detect(pixels: Buffer): Promise<string> }', 'subject': "import('rxcam/testing').ConformanceSubject", 'NdjsonDriver': `new (file: string) => ${RX}.Driver`,
  'cameras': 'ReadonlyMap<string, unknown>', 'run': "import('rxcam/fleet').RunCamera<unknown>", 'pipelineOf': `(...given: unknown[]) => import('rxjs').Observable<unknown>`,
};
/** Names of other packages. */
const OTHERS: readonly (readonly [from: string, names: readonly string[]])[] = [
  ['rxjs', ['delay', 'filter', 'firstValueFrom', 'interval', 'lastValueFrom', 'map', 'merge', 'of', 'take', 'takeUntil', 'tap', 'timer']],
  ['node:fs', ['readFileSync']], ['node:http', ['createServer']], ['@opentelemetry/api', ['trace']],
];

/** The examples as blocks, each a module. */
export const COMMENT_BLOCKS: readonly Block[] = DOCUMENTED.flatMap(({ file, name, examples }) => examples.map((code, index) => (
  { page: `${file}: ${name}`, language: 'ts', heading: name, endless: false, line: index + 1, code: inScope(code) }
)));

/** An example with imports of the names that it uses and does not import itself. */
function inScope(code: string): string {
  const isNew = (name: string) => !new RegExp(`\\b(const|function|class|let) (\\{[^}]*)?\\b${name}(?!\\w)|import [^;]*\\b${name}(?!\\w)`).test(code);
  // `...messages`, but not `broker.messages`.
  const uses = (name: string) => new RegExp(`(?<![\\w']|(?<!\\.\\.)\\.)${name}(?![\\w'$])`).test(code) && isNew(name);
  const taken = new Set<string>();
  const imports = [...Object.entries(PUBLIC_NAMES).map(([entry, names]) => [entry.replace('.', 'rxcam'), names] as const), ...OTHERS].flatMap(([from, names]) => {
    const used = names.filter((name) => uses(name) && !taken.has(name));
    for (const name of used) taken.add(name);
    return used.length === 0 ? [] : [`import { ${used.join(', ')} } from '${from}';`];
  });
  const declared = Object.entries(SCENE).filter(([name]) => uses(name.replace('$', '\\$'))).map(([name, type]) => `declare const ${name}: ${type};`);
  return `${[...imports, ...declared, code].join('\n')}\nexport {};\n`;
}
