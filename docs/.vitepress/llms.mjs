/** llms.txt (https://llmstxt.org): a list of the pages for programs that read, with each page as Markdown beside its HTML. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SIDEBAR } from './sidebar.mjs';

const HEAD = `# rxcam

> rxcam brings the video of cameras (RTSP, HTTP, files, devices) to Kafka or Redis as H.265 messages, with RxJS: a camera is an Observable of frames, and small operators thin them, resize them, encode them, wrap each in a message and publish it, in one ffmpeg process for each camera.

npm install rxcam rxjs. Node 20.19 or later, ESM, TypeScript types included. Programs without a camera use the source \`test:\` and the broker \`memory()\`.
`;

/**
 * Writes llms.txt, llms-full.txt and the pages that they name.
 * @param {string} docs
 * @param {string} site
 */
export function writeLlms(docs, site) {
  const groups = SIDEBAR.map(({ text, items }) => ({ text, pages: items.filter(({ link }) => !link.endsWith('/api/')).map((page) => placed(page, docs, site)) }));
  const lists = groups.filter(({ pages }) => pages.length > 0).map(({ text, pages }) => `## ${text}\n\n${pages.map(({ line }) => line).join('\n')}\n`);
  writeFileSync(join(site, 'llms.txt'), [HEAD, ...lists].join('\n'));
  writeFileSync(join(site, 'llms-full.txt'), [HEAD, ...groups.flatMap(({ pages }) => pages.map(({ page }) => page))].join('\n'));
}

/**
 * @param {{ text: string, link: string }} page
 * @param {string} docs
 * @param {string} site
 */
function placed({ text, link }, docs, site) {
  const file = link.slice(1).replace(/\/?$/, (end) => (end === '/' ? '/README.md' : '.md'));
  const page = readFileSync(join(docs, file), 'utf8');
  mkdirSync(dirname(join(site, file)), { recursive: true });
  cpSync(join(docs, file), join(site, file));
  const about = page.split('\n').find((line) => /^[A-Za-z`[]/.test(line))?.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/(?<=[.:]) .*$/, '').replace(/:$/, '.') ?? '';
  return { page, line: `- [${text}](${file}): ${about}` };
}
