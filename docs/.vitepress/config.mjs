/** The site of the documentation: `npm run docs` serves it, `npm run docs:build` builds it. It loads nothing from elsewhere. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitepress';
import { anchorOf } from './anchors.mjs';
import { apiSidebar } from './api.mjs';
import { linkFiles } from './files.mjs';
import { writeLlms } from './llms.mjs';
import { SIDEBAR } from './sidebar.mjs';

const DOCS = join(import.meta.dirname, '..');
/** Folders of files that pages link to. */
const COPIED = ['monitoring', 'deploy'];

export default defineConfig({
  title: 'rxcam',
  description: 'Cameras to Kafka or Redis, with RxJS: every camera is an Observable of frames',
  lang: 'en',
  // Relative addresses, where the site is: also below a folder, as project pages are.
  base: process.env.DOCS_BASE ?? '/',
  cleanUrls: true,
  cacheDir: join(DOCS, '../.cache/vitepress'),
  srcExclude: ['examples/*/**/README.md', '**/node_modules/**'],
  rewrites: { 'examples/README.md': 'examples/index.md', 'deploy/README.md': 'deploy/index.md' },
  head: [['link', { rel: 'icon', href: `${process.env.DOCS_BASE ?? '/'}icon.svg` }]],
  markdown: {
    anchor: { slugify: anchorOf },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config: linkFiles(DOCS),
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: { level: [2, 3] },
    nav: [
      { text: 'Learn', link: '/learn/1-a-camera' },
      { text: 'Guides', link: '/guides/sources' },
      { text: 'Reference', link: '/reference/which-operator' },
      { text: 'Errors', link: '/errors' },
    ],
    sidebar: { '/reference/api/': apiSidebar(), '/': SIDEBAR },
  },
  buildEnd({ outDir }) {
    for (const folder of COPIED) cpSync(join(DOCS, folder), join(outDir, folder), { recursive: true });
    writeLlms(DOCS, outDir);
  },
});
