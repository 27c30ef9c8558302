/** Links from pages to files that are not pages: the site serves the files as they are, so the router and its check leave them alone. */
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @param {string} docs */
export function linkFiles(docs) {
  return (/** @type {import('markdown-it')} */ md) => {
    md.core.ruler.push('link-files', ({ tokens, env }) => {
      for (const token of tokens.flatMap(({ children }) => children ?? [])) {
        const href = token.type === 'link_open' ? token.attrGet('href') : undefined;
        if (typeof href !== 'string' || /^([a-z]+:|#)|\.md(#|$)/.test(href)) continue;
        if (statSync(join(docs, dirname(env.relativePath ?? ''), href), { throwIfNoEntry: false })?.isFile()) token.attrSet('target', '_self');
      }
    });
  };
}
