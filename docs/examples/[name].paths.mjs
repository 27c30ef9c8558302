/** Makes a page of the site for each example: its README, followed by its files. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = import.meta.dirname;
const SHOWN = /\.(js|mjs|ts|py|ya?ml)$/;
const LANGUAGES = { mjs: 'js', yml: 'yaml' };

export default {
  watch: ['./*/*'],
  paths() {
    return readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'node_modules').map(({ name }) => {
      const files = readdirSync(join(FOLDER, name)).filter((file) => SHOWN.test(file)).sort();
      return { params: { name }, content: [readFileSync(join(FOLDER, name, 'README.md'), 'utf8').replaceAll('](../', '](./'), ...files.map((file) => blockOf(name, file))].join('\n') };
    });
  },
};

/** @param {string} name @param {string} file */
function blockOf(name, file) {
  const ending = file.split('.').at(-1) ?? '';
  return `## ${file}\n\n\`\`\`\`${LANGUAGES[ending] ?? ending}\n${readFileSync(join(FOLDER, name, file), 'utf8').trimEnd()}\n\`\`\`\`\n`;
}
