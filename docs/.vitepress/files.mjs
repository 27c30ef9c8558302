/**
 * Links that differ on the site: a README.md is the index of its folder there; and files that are not pages are served as
 * they are, so the router and its check leave them alone.
 */
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @param {string} docs */
export function linkFiles(docs) {
  return (/** @type {import('markdown-it')} */ md) => {
    md.core.ruler.push('link-files', ({ tokens, env }) => {
      for (const token of tokens.flatMap(({ children }) => children ?? [])) {
        const href = token.type === 'link_open' ? token.attrGet('href') : undefined;
        if (typeof href === 'string' && /(^|\/)README\.md(#|$)/.test(href)) token.attrSet('href', href.replace('README.md', '').replace(/^(?=#|$)/, './'));
        if (typeof href !== 'string' || /^([a-z]+:|#)|\.md(#|$)/.test(href)) continue;
        if (statSync(join(docs, dirname(env.relativePath ?? ''), href), { throwIfNoEntry: false })?.isFile()) token.attrSet('target', '_self');
      }
    });
  };
}
