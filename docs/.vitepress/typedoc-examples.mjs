/**
 * A plugin of typedoc: modules are called as users import them, and names whose doc comment has no example get theirs from docs/reference/examples, where each heading
 * lists the names that its program shows. A public name without an example is a warning, and so fails the build.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Comment, CommentTag, Converter, ReflectionKind } from 'typedoc';

const FOLDER = join(import.meta.dirname, '../reference/examples');

const { exports } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
/** Entries of the package by the name that typedoc gives their module. */
const ENTRIES = Object.fromEntries(Object.entries(exports).flatMap(([entry, { types }]) => (
  types === undefined ? [] : [[types.replace('./dist/', '').replace(/(\/index)?\.d\.ts$/, ''), entry.replace('.', 'rxcam')]]
)));

/** @returns {Map<string, string>} the program of each name */
export function examples() {
  const found = new Map();
  for (const page of readdirSync(FOLDER).filter((name) => name.endsWith('.md'))) {
    for (const [, names, code] of readFileSync(join(FOLDER, page), 'utf8').matchAll(/^## (.*)\n\n```ts\n([^]*?)^```$/gm)) {
      for (const name of names.split(', ')) found.set(name, code.trimEnd());
    }
  }
  return found;
}

/** @param {import('typedoc').Application} app */
export function load(app) {
  const programs = examples();
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module)) module.name = ENTRIES[module.name] ?? module.name;
    for (const reflection of project.getReflectionsByKind(ReflectionKind.SomeExport)) {
      const isTop = reflection.parent?.kindOf(ReflectionKind.Module | ReflectionKind.Project);
      if (!isTop || reflection.kindOf(ReflectionKind.Module | ReflectionKind.Reference) || hasExample(reflection)) continue;
      const program = programs.get(reflection.name);
      if (program === undefined) {
        app.logger.warn(`${reflection.name} has no example: add one to its doc comment, or to docs/reference/examples`);
        continue;
      }
      const holder = reflection.signatures?.[0] ?? reflection;
      holder.comment ??= new Comment();
      holder.comment.blockTags.push(new CommentTag('@example', [{ kind: 'code', text: `\`\`\`ts\n${program}\n\`\`\`` }]));
    }
  });
}

/** @param {import('typedoc').DeclarationReflection} reflection */
function hasExample(reflection) {
  return [reflection, ...reflection.signatures ?? []].some(({ comment }) => comment?.getTag('@example') !== undefined);
}
