/** The sidebar of the reference, from what typedoc has written; empty before it has. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SIDEBAR } from './sidebar.mjs';

const FILE = join(import.meta.dirname, '../reference/api/typedoc-sidebar.json');

export function apiSidebar() {
  const entries = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : [];
  return [{ text: '← All pages', link: '/reference/which-operator' }, { text: 'API', link: '/reference/api/', items: entries }, ...(entries.length === 0 ? SIDEBAR : [])];
}
