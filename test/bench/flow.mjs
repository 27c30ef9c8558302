/**
 * The cost of a picture in Node: 20 cameras x 100 fps x 20 kB access units from a generator engine to each destination of test/bench/flow.
 * CPU (user + sys) of the process for each message, without the generator's own. Each round runs all destinations, one after the other.
 *
 *   npm run bench flow -- [DESTINATION…] [--rounds N] [--cameras N] [--fps N] [--bytes N] [--seconds N] [--warm-up SECONDS] [--against CAMERASxFPS] [--node FLAGS]
 *
 * During the warm-up, V8 spends most of the time on compiling. `--against 200x10` also runs each destination with 200 cameras of 10 fps,
 * and prints the ratio. `--node=--initial-old-space-size=256` runs all of them, the references too, with these flags of Node.
 */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { median } from './cpu.mjs';

const known = readdirSync(new URL('flow/', import.meta.url)).flatMap((file) => /^(.*)\.mjs$/.exec(file)?.[1] ?? []);
const number = (value) => ({ type: 'string', default: String(value) });
const { values, positionals } = parseArgs({
  args: process.argv.slice(2), allowPositionals: true,
  options: {
    rounds: number(3), cameras: number(20), fps: number(100), bytes: number(20_000), seconds: number(3), 'warm-up': number(4), against: { type: 'string' },
    node: { type: 'string', default: '' },
  },
});
const unknown = positionals.find((name) => !known.includes(name));
if (unknown !== undefined) throw new Error(`expected some of ${known.join(', ')}, ${unknown} given`);
const names = positionals.length > 0 ? positionals : ['message', 'memory'];
const sizes = [[values.cameras, values.fps], ...(values.against === undefined ? [] : [values.against.split('x')])];
const references = new Map();
for (const name of known) references.set(name, (await import(`./flow/${name}.mjs`)).reference);

/** µs of CPU a message, without the generator's, by round. */
const costs = new Map();
const idOf = (name, size) => `${name} ${size.join('x')}`;
for (let round = 1; round <= Number(values.rounds); round++) {
  for (const size of sizes) {
    const own = await run('generator', size);
    note(idOf('generator', size), own, 0);
    for (const name of names) note(idOf(name, size), await run(name, size), own.us);
  }
}

console.log('\nµs of CPU a message, median of the rounds (least to most); that of the generator is subtracted from the others');
for (const [id, round] of costs) {
  const [name, size] = id.split(' ');
  const against = [references.get(name) && `${references.get(name)} ${size}`, size === sizes[0].join('x') ? undefined : idOf(name, sizes[0])];
  const ratios = against.filter((other) => other !== undefined && costs.has(other)).map((other) => `${ratio(round, costs.get(other))} x ${other}`);
  console.log(`${id.padEnd(24)} ${shown(round)}  ${ratios.join(', ')}`);
}

async function run(name, [cameras, fps]) {
  const worker = fileURLToPath(new URL('flow-worker.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [...values.node.split(' ').filter(Boolean), worker, name, cameras, fps, values.bytes, String(1000 * Number(values['warm-up'])), String(1000 * Number(values.seconds))]);
  const { messages, cpuUs, ms, rssBytes } = JSON.parse(stdout);
  return { us: cpuUs / messages, perSecond: (messages * 1000) / ms, load: cpuUs / 1000 / ms, rssBytes };
}

function note(id, { us, perSecond, load, rssBytes }, own) {
  costs.set(id, [...costs.get(id) ?? [], us - own]);
  console.log(`${id}: ${(us - own).toFixed(1)} µs a message, ${perSecond.toFixed(0)} messages/s, CPU ${(load * 100).toFixed(0)} %, ${(rssBytes / 1e6).toFixed(0)} MB`);
}

function ratio(round, other) {
  return median(round.map((us, index) => us / other[index])).toFixed(2);
}

function shown(round) {
  return `${median(round).toFixed(1)} (${Math.min(...round).toFixed(1)} to ${Math.max(...round).toFixed(1)})`;
}
