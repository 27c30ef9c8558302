/** The prose of comments, docstrings, messages and pages: words and turns that the house does not use (docs/project/style.md). */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A turn, and the plain one to use. */
const AVOIDED: readonly (readonly [RegExp, string])[] = [
  [/\banew\b/i, 'again'],
  [/\bfor ever\b/i, 'without limit'],
  [/\b(goes|go|going|went|gone) on\b/i, 'continues'],
  [/\b(tells?|told|telling)\b/i, 'reports, states; to tell apart: distinguishes'],
  [/\b(stands?|stood|standing)\b(?! for)/i, 'is placed, is'],
  [/\b(whoever|whomever|whatever|whichever|wherever|whosoever)\b/i, 'a noun, "any", "if"'],
  [/\bhowever (it|they|far|long|many|much|often|large|small|slow)\b/i, 'any, even if'],
  [/\b(all the same|be it|be they|at hand|from afar|save for|for want of)\b/i, 'still, even if, current, remote, except, without'],
  [/\b(all|none|nothing|everything|any|anything) but\b|\bbut for\b/i, 'except'],
  [/\b(so long as|for so long|so often)\b/i, 'while, for this time, at this interval'],
  [/\bhand(s|ed|ing)? (out|over)\b/i, 'emits, passes'],
  [/\btakes? (it|them|this|that|all|these|those) for\b/i, 'treats as'],
  [/(?<!\bthere )\b(is|are|was|were) no (?!longer\b|more\b)/i, 'is not a'],
  [/\bany more\b/i, 'no longer, any longer'],
  [/\bin vain\b|\bnow and then\b|\bif need be\b/i, 'without success, sometimes, if necessary'],
  [/\b(is|are|was|were) to be\b/i, 'must be'],
  [/\b(after|at|ends|for|in|of|to|waits|with) so (long|many|much)\b/i, 'this time, this number of'],
  [/\b(some|no|any|every)body\b/i, 'a noun: a user, another worker'],
  [/\b(a|an|each) (?:[\w-]+ ){1,4}of (its|their|your|his|her) own\b/i, 'its own'],
  [/\b(undefined|absent|empty|only|none|nothing) where\b|\bwhere (there|none|nothing)\b/i, 'if'],
  [/\b(let|lets|letting) go\b|\bin force\b|\bfor good\b/i, 'releases; in effect; finally'],
  [/(^|[.!?:;] )(What|Who) (?!to\b)[^?]*$/, 'a noun'],
  [/(^|[.!?] )Where (?!to\b)[^?]*,/, 'If …'],
];

/** Comments, and texts of more than one word, each with its line; of YAML and Python, all lines. */
function proseOf(file: string): readonly (readonly [line: number, text: string])[] {
  const text = readFileSync(`${ROOT}${file}`, 'utf8');
  if (/\.(ya?ml|py)$/.test(file)) return text.split('\n').map((line, index) => [index + 1, quiet(line)]);
  return file.endsWith('.md') ? proseOfPage(text) : proseOfCode(text);
}

/** Paragraphs without code; of examples their comments. */
function proseOfPage(page: string): readonly (readonly [number, string])[] {
  let isCode = false;
  return page.split('\n').flatMap((line, index) => {
    if (line.trimStart().startsWith('```')) isCode = !isCode;
    const prose = isCode ? /(?<!:)\/\/ (.*)$/.exec(line)?.[1] ?? '' : line.replace(/^(\| |- |> |\d+\. )+/, '');
    return prose.split(' | ').map((cell) => [index + 1, quiet(cell)] as const);
  });
}

/** Read by a pattern: a parser takes ten seconds for all files. */
const PARTS = /\/\*[\s\S]*?\*\/|(?<![:\w'"`/])\/\/ [^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g;

function proseOfCode(text: string): readonly (readonly [number, string])[] {
  let line = 1;
  let end = 0;
  return [...text.matchAll(PARTS)].flatMap(({ 0: part, index }) => {
    line += text.slice(end, index).split('\n').length - 1;
    end = index;
    if (part.startsWith('/')) return [[line, quiet(joined(part))] as const];
    const words = part.slice(1, -1).replace(/\$\{[^}]*\}/g, '…');
    return words.trim().includes(' ') ? [[line, quiet(words)] as const] : [];
  });
}

/** A comment as one line, without examples and diagrams. */
function joined(comment: string): string {
  const lines = comment.replace(/^\/\*\*?|\*\/$/g, '').split('\n').map((line) => line.replace(/^\s*(\/\/|\*)?\s?/, ''));
  let isCode = false;
  return lines.flatMap((line) => {
    if (line.startsWith('```')) isCode = !isCode;
    return isCode || line.startsWith('```') ? [] : [line.trim()];
  }).join(' ').replace(/@(example).*?(?=@|$)/g, '').trim();
}

/** Names in code quotes are not prose. */
const quiet = (text: string) => text.replace(/`[^`]*`/g, '`…`').replace(/\{@link \w+\}/g, '`…`');

/** This file has the avoided words as data. */
const OWN = 'test/unit/prose.spec.ts';
const FILES = ['src', 'operators', 'docs', 'marbles', 'test', '.github'].flatMap((folder) => (
  readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' }).filter((name) => !/node_modules|reference\/api|vitepress\/(dist|cache)/.test(name))
    .filter((name) => /\.(ts|js|mjs|md|ya?ml|py)$/.test(name)).map((name) => `${folder}/${name}`)
)).filter((name) => name !== OWN).concat('README.md', 'CONTRIBUTING.md').sort();

describe('the prose of the project', () => {
  it('is read from every file', () => {
    expect(FILES.length).toBeGreaterThan(1_000);
  });

  it.each([
    ['Whoever reads it', 'it is asked anew', 'goes on for ever', 'This tells why.', 'it stands there', 'that is no error', 'Where X, Y'],
    ['What is left goes.', 'A frame. What follows waits.', 'all but one', 'whatever it is', 'handed out'],
    ['It is not known any more', 'nobody looks', 'a folder of its own', 'undefined where there is none', 'lets it go? It lets go'],
    ['they look in vain', 'it is to be sent', 'after so many failures', 'if need be', 'ends so long before', 'for so long', 'of so many'],
  ])('is not: %s, %s …', (...turns) => {
    expect(turns.filter((turn) => !AVOIDED.some(([pattern]) => pattern.test(turn)))).toEqual([]);
  });

  it('may be: questions, what a clause needs, and words of the field', () => {
    const fine = ['Is anything missing?', 'it reports what it found', 'there is no broker', 'it is no longer there', 'stands for a model', 'Where to begin: 1, 2', 'standard'];
    expect(fine.filter((turn) => AVOIDED.some(([pattern]) => pattern.test(turn)))).toEqual([]);
  });

  it('has none of the turns that the house avoids', () => {
    const found = FILES.flatMap((file) => proseOf(file).flatMap(([line, text]) => AVOIDED.flatMap(([pattern, better]) => {
      const turn = pattern.exec(text)?.[0];
      return turn === undefined ? [] : [`${file}:${line}: "${turn.trim().slice(0, 60)}"; write: ${better}`];
    })));
    expect(found).toEqual([]);
  });
});
