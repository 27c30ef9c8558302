/**
 * The growth of the CPU and memory of Node's process with the number of cameras, and with their rate: access units of 20 kB from a generator
 * engine to each destination of test/bench/flow. Prints a table, and draws docs/images/growth.svg from its rows.
 *
 *   npm run bench growth -- [DESTINATION…] [--rounds N] [--seconds N] [--cameras N,N] [--fps N,N] [--svg FILE]
 */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { median } from './cpu.mjs';
import { plot } from './plot.mjs';

const BYTES = '20000', WARM_UP_MS = '6000';
/** The rate for different numbers of cameras, and the number of cameras for different rates. */
const FPS = 25, CAMERAS = 20;

const text = (value) => ({ type: 'string', default: value });
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: text('1'), seconds: text('4'), cameras: text('1,25,50,100,200'), fps: text('5,25,50,100,200'),
    svg: text(fileURLToPath(new URL('../../docs/images/growth.svg', import.meta.url))),
  },
});
const names = positionals.length > 0 ? positionals : ['message', 'memory'];
const numbers = (list) => list.split(',').map(Number);
const sizes = [...numbers(values.cameras).map((cameras) => [cameras, FPS]), ...numbers(values.fps).map((fps) => [CAMERAS, fps])];
const worker = fileURLToPath(new URL('flow-worker.mjs', import.meta.url));

/** By destination and size: CPU in percent of a core, resident memory in MB, and µs a message, of each round. */
const seen = new Map();
for (let round = 1; round <= Number(values.rounds); round++) {
  for (const [cameras, fps] of sizes) {
    for (const name of names) {
      const { stdout } = await promisify(execFile)(process.execPath, [worker, name, cameras, fps, BYTES, WARM_UP_MS, String(1000 * Number(values.seconds))]);
      const { messages, cpuUs, ms, rssBytes } = JSON.parse(stdout);
      const id = `${name} ${cameras}x${fps}`;
      seen.set(id, [...seen.get(id) ?? [], { percent: cpuUs / ms / 10, mb: rssBytes / 1e6, us: cpuUs / messages }]);
    }
  }
}

const of = (name, [cameras, fps], what) => median(seen.get(`${name} ${cameras}x${fps}`).map((one) => one[what]));
console.log('| cameras | fps | to | CPU, % of a core | µs a message | memory, MB |\n| --- | --- | --- | --- | --- | --- |');
for (const size of sizes) {
  for (const name of names) {
    console.log(`| ${size[0]} | ${size[1]} | ${name} | ${of(name, size, 'percent').toFixed(1)} | ${of(name, size, 'us').toFixed(0)} | ${of(name, size, 'mb').toFixed(0)} |`);
  }
}

const byCameras = { x: `cameras, ${FPS} fps each`, at: numbers(values.cameras).map((cameras) => [cameras, [cameras, FPS]]) };
const byFps = { x: `fps of each of ${CAMERAS} cameras`, at: numbers(values.fps).map((fps) => [fps, [CAMERAS, fps]]) };
const panels = [['CPU, % of a core', 'percent'], ['Resident memory, MB', 'mb']].flatMap(([title, what]) => [byCameras, byFps].map(({ x, at }) => (
  { title, x, series: names.map((name) => ({ name, points: at.map(([value, size]) => [value, of(name, size, what)]) })) }
)));
const caption = `Node's process, access units of 20 kB, generator included; ${values.rounds === '1' ? 'one round' : `median of ${values.rounds} rounds`}; ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}`;
writeFileSync(values.svg, plot(caption, panels));
console.log(`\n${values.svg}`);
