/** Reads the interfaces of options in the source code. */
import { readFileSync, readdirSync } from 'node:fs';
import ts from 'typescript';
import { STEPS, STEP_KINDS } from '../../src/core/steps/index.js';

/** Files of the types of members that have members themselves. */
const INNER: Readonly<Record<string, string>> = { OutboxConfig: 'src/broker/outbox/outbox-options.ts' };

/** `skipRate` is in `skip-rate.ts`. */
export function fileNameOf(operator: string): string {
  return operator.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The kinds of step whose operator has options. A union has no shape, and has some. */
export const STEPS_WITH_OPTIONS = STEP_KINDS.filter((kind) => {
  const { shape } = STEPS[kind].schema as { readonly shape?: object };
  return shape === undefined || Object.keys(shape).length > 0;
});

/** File and name of the declaration of an operator's options. */
export function configOf(operator: string): [file: string, type: string] {
  return [`operators/${fileNameOf(operator)}.ts`, `${operator.charAt(0).toUpperCase()}${operator.slice(1)}Config`];
}

/** A file of the repository. */
export function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'), ts.ScriptTarget.Latest, true);
}

/** The file below src/broker that declares an interface. */
export function brokerFileOf(interfaceName: string): string {
  const names = readdirSync(new URL('../../src/broker', import.meta.url), { recursive: true, encoding: 'utf8' });
  const file = names.map((name) => `src/broker/${name}`).find((name) => (
    name.endsWith('.ts') && new RegExp(`export interface ${interfaceName} `).test(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'))
  ));
  if (file === undefined) throw new Error(`no file of src/broker declares ${interfaceName}`);
  return file;
}

/** The file that declares an interface which a file imports or exports from another; undefined if it declares the interface itself. */
function importedFrom(file: string, interfaceName: string): string | undefined {
  for (const statement of parse(file).statements) {
    const named = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : ts.isExportDeclaration(statement) ? statement.exportClause : undefined;
    if (named === undefined || !(ts.isNamedImports(named) || ts.isNamedExports(named)) || !named.elements.some(({ name }) => name.text === interfaceName)) continue;
    const { moduleSpecifier } = statement as ts.ImportDeclaration | ts.ExportDeclaration;
    if (moduleSpecifier === undefined) continue;
    const { text } = moduleSpecifier as ts.StringLiteral;
    const other = new URL(text.replace(/\.js$/, '.ts'), `file:///${file}`).pathname.slice(1);
    return importedFrom(other, interfaceName) ?? other;
  }
  return undefined;
}

/** Names of an interface's members; of an object in it, those of its members: `outbox.maxBytes`. */
export function membersOf(file: string, interfaceName: string): string[] {
  const { statements } = parse(file);
  const interfaceOf = (name: string) => statements.find((one): one is ts.InterfaceDeclaration => ts.isInterfaceDeclaration(one) && one.name.text === name);
  const alias = statements.find((one): one is ts.TypeAliasDeclaration => ts.isTypeAliasDeclaration(one) && one.name.text === interfaceName);
  // If some members are allowed only with others, the type is a union: its interfaces are made of one that has all.
  const [part = ''] = alias?.type.getText().match(/\w+/) ?? [];
  const whole = /Omit<(\w+)/.exec(interfaceOf(part)?.heritageClauses?.[0]?.getText() ?? '')?.[1] ?? '';
  const found = interfaceOf(interfaceName) ?? interfaceOf(whole);
  const own = (found?.members ?? []).flatMap((member) => {
    const name = (member.name as ts.Identifier).text;
    const inner = ts.isPropertySignature(member) ? innerOf(member.type) : [];
    return inner.length === 0 ? [name] : inner.map((one) => `${name}.${one}`);
  });
  // Interfaces that it extends by name; one may document an inherited member further.
  const bases = found?.heritageClauses?.flatMap(({ types }) => types.filter(({ typeArguments }) => typeArguments === undefined).map((type) => type.getText())) ?? [];
  return [...new Set([...own, ...bases.flatMap((base) => membersOf(importedFrom(file, base) ?? file, base)), ...pickedBy(found)])];
}

/** The members that an interface picks from others: `extends Pick<CameraConfig, 'readWindowMs'>`. */
function pickedBy(found: ts.InterfaceDeclaration | undefined): string[] {
  const picks = found?.heritageClauses?.flatMap(({ types }) => types.filter(({ expression }) => expression.getText() === 'Pick')) ?? [];
  return picks.flatMap(({ typeArguments }) => [...typeArguments?.[1]?.getText().matchAll(/'(\w+)'/g) ?? []].map(([, name = '']) => name));
}

function innerOf(type: ts.TypeNode | undefined): string[] {
  if (type === undefined) return [];
  if (ts.isTypeLiteralNode(type)) return type.members.map((one) => (one.name as ts.Identifier).text);
  const name = type.getText();
  return INNER[name] === undefined ? [] : membersOf(INNER[name], name);
}
