/**
 * `npm run bench results [COMMAND…]`: runs the benchmarks below, or only those that begin with one of the arguments, and writes their last
 * lines to docs/project/benchmark-results.md. Sections of other benchmarks do not change. It takes half an hour, and needs a machine that
 * runs nothing else.
 */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PAGE = new URL('../../docs/project/benchmark-results.md', import.meta.url);
/** Arguments of `npm run bench`. */
const COMMANDS = [
  'start --rounds 7', 'flow message memory --against 200x10 --rounds 3', 'fusion 5 40', 'passthrough 3', 'raw --rounds 7 --seconds 20', 'memory --rounds 3',
  'broker redis kafka platformatic --rounds 5 --seconds 5', 'broker redis kafka platformatic --rounds 3 --seconds 5 --node=--initial-old-space-size=256',
  'broker latency 5 8', 'read --messages 5000 --rounds 3', 'encoder 3 4', 'fleet',
];
const HEAD = `# Benchmark results

Written by \`npm run bench results\`, which runs each of these benchmarks and keeps its last lines. [Benchmarks](benchmarks.md) explains them.
`;

const asked = process.argv.slice(2);
const chosen = COMMANDS.filter((command) => asked.length === 0 || asked.some((word) => command.startsWith(word)));
if (chosen.length === 0) throw new Error(`${asked.join(' ')} given, expected the beginning of one of: ${COMMANDS.join('; ')}`);
const sections = sectionsOf(readPage());
for (const command of chosen) {
  console.log(command);
  sections.set(command, await run(command.split(' ')));
  writeFileSync(PAGE, `${HEAD}\n${COMMANDS.flatMap((one) => sections.get(one) ?? []).join('\n')}`);
}

async function run([name, ...words]) {
  const load = loadavg()[0].toFixed(1);
  const shown = `npm run bench ${name}${words.length > 0 ? ` -- ${words.join(' ')}` : ''}`;
  const bench = fileURLToPath(new URL('bench.mjs', import.meta.url));
  // A benchmark that misses a limit exits with 1.
  const { stdout } = await promisify(execFile)(process.execPath, [bench, name, ...words], { maxBuffer: 2 ** 28 }).catch((error) => error);
  const last = stdout.trimEnd().split(/\n(?:\s*\n)+/);
  const lines = last.at(-1).includes('\n') ? last.at(-1) : last.slice(-2).join('\n');
  const machine = `${new Date().toISOString().slice(0, 10)}; ${availableParallelism()} cores (${cpus()[0].model.trim()}), load ${load} at the start, Node ${process.version}.`;
  return `## ${[name, ...words.filter((word) => /^[a-z]/.test(word))].join(' ')}${words.some((word) => word.startsWith('--node')) ? ', with flags of Node' : ''}

\`\`\`
${shown}
\`\`\`

${machine}

\`\`\`text
${lines}
\`\`\`
`;
}

function readPage() {
  try {
    return readFileSync(PAGE, 'utf8');
  } catch {
    return '';
  }
}

function sectionsOf(page) {
  const found = new Map();
  for (const section of page.split(/^(?=## )/m).slice(1)) {
    const command = /^npm run bench (.*)$/m.exec(section)?.[1].replace(' -- ', ' ');
    found.set(command, `${section.trimEnd()}\n`);
  }
  return found;
}
