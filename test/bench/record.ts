/**
 * The cost of `record`: access units of a real encoder, 20 kB each, 25 a second from each of several cameras; CPU of Node and of ffmpeg for
 * each message. A short and a long recording alternate: their difference excludes ffmpeg's start, which happens once for each file. The
 * reference runs in the same rounds: the shortest program that pipes the same access units into one `ffmpeg -c copy` for each camera,
 * without time stamps, changes of the file, or an index.
 * Options: --cameras N (default 12), --seconds N (length of the long recording, default 12), --rounds N (default 3).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Observable, filter, interval, lastValueFrom, map, mergeMap, range, take, tap, toArray } from 'rxjs';
import { type Decodable, record } from 'rxcam';
import { childrenSeconds, median } from './cpu.mjs';
import { FRAME_MS, SIZE, accessUnits } from './messages.js';

const MAX_US = 200;

const { values } = parseArgs({
  options: { cameras: { type: 'string', default: '12' }, seconds: { type: 'string', default: '12' }, rounds: { type: 'string', default: '3' } },
});
const [cameras, seconds, rounds] = [Number(values.cameras), Number(values.seconds), Number(values.rounds)];
const say = (text: string) => { process.stdout.write(`${text}\n`); };

/** CPU in µs. */
interface Cost { readonly node: number; readonly ffmpeg: number }

const folder = mkdtempSync(path.join(tmpdir(), 'rxcam-bench-record-'));
process.on('exit', () => { rmSync(folder, { recursive: true, force: true }); });
const units = await accessUnits(50);
const [long, short] = [Math.round(seconds * 1_000 / FRAME_MS), Math.round(seconds * 250 / FRAME_MS)];
const ways = { 'record': recorded, 'a pipe to ffmpeg': piped };
const costs = new Map(Object.keys(ways).map((name) => [name, [] as Cost[]]));
for (let round = 0; round <= rounds; round++) {
  const order = Object.entries(ways);
  if (round % 2 === 1) order.reverse();
  for (const [name, way] of order) {
    const cost = await perMessage(way, round % 2 === 0);
    // The first round warms up.
    if (round > 0) costs.get(name)?.push(cost);
  }
}
say(`${rounds} rounds, ${cameras} cameras of 25 messages a second, ${short} and ${long} messages each, of ${median(units.map(({ length }) => length))} bytes (median)`);
const figure = (all: readonly number[]) => `${median(all).toFixed(0)} µs (${Math.min(...all).toFixed(0)} to ${Math.max(...all).toFixed(0)})`;
for (const [name, all] of costs) {
  say(`${name.padEnd(16)} ${figure(all.map(({ node, ffmpeg }) => node + ffmpeg))} a message: Node ${figure(all.map(({ node }) => node))}, ffmpeg ${figure(all.map(({ ffmpeg }) => ffmpeg))}`);
}
const [own = [], others = []] = [...costs.values()].map((all) => all.map(({ node, ffmpeg }) => node + ffmpeg));
say(`median ratio ${median(own.map((one, index) => one / (others[index] ?? NaN))).toFixed(2)}; target of record ${MAX_US} µs`);

/** The cost of a message, without that of the start and the end of a recording. */
async function perMessage(way: (messages: number) => Promise<unknown>, isLongFirst: boolean): Promise<Cost> {
  const measured = async (messages: number) => {
    const before = process.cpuUsage();
    const children = childrenSeconds();
    await way(messages);
    const { user, system } = process.cpuUsage(before);
    return { node: user + system, ffmpeg: (childrenSeconds() - children) * 1e6 };
  };
  const [one, other] = isLongFirst ? [await measured(long), await measured(short)] : [await measured(short), await measured(long)];
  const [more, less] = isLongFirst ? [one, other] : [other, one];
  const messages = (long - short) * cameras;
  return { node: (more.node - less.node) / messages, ffmpeg: (more.ffmpeg - less.ffmpeg) / messages };
}

async function recorded(messages: number): Promise<void> {
  const files = await lastValueFrom(sent(messages).pipe(record(folder), filter((event) => event.type === 'closed'), toArray()));
  const pictures = files.reduce((sum, file) => sum + file.pictures, 0);
  if (files.length !== cameras || pictures !== messages * cameras) throw new Error(`${files.length} files, ${pictures} pictures`);
}

async function piped(messages: number): Promise<void> {
  const children = new Map(Array.from({ length: cameras }, (_, index) => [`camera_${index + 1}`, spawn('ffmpeg', [
    '-v', 'error', '-y', '-probesize', '32', '-f', 'hevc', '-framerate', '25', '-i', 'pipe:0', '-c', 'copy', '-tag:v', 'hvc1', '-flush_packets', '1',
    '-movflags', '+empty_moov+default_base_moof', '-frag_duration', '500000', path.join(folder, `${index}.mp4`),
  ], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })]));
  await lastValueFrom(sent(messages).pipe(tap(({ key = '', data }) => children.get(key)?.stdin.write(data))));
  await Promise.all([...children.values()].map(async (child) => {
    child.stdin.end();
    await once(child, 'close');
  }));
}

function sent(messages: number): Observable<Decodable> {
  return range(1, cameras).pipe(
    mergeMap((camera) => interval(FRAME_MS).pipe(take(messages), map((index) => received(`camera_${camera}`, index)))),
  );
}

/** As `subscribe` emits it. */
function received(key: string, index: number): Decodable {
  const capturedAt = Date.UTC(2026, 10, 29) + index * FRAME_MS;
  return {
    topic: 'video', key, camera: key, codec: 'h265', mode: 'frame', keyframe: true, inputOrder: index + 1, seq: index + 1,
    pts: index * FRAME_MS * 1_000, capturedAt, timestamp: capturedAt, ...SIZE, data: units[index % units.length] as Buffer,
  };
}
