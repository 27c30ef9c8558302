/**
 * The cost of `decode`: access units of a real encoder, 20 kB each, 25 a second, from the embedded broker to rgb24 of 640x360. Rounds
 * with `decode` and rounds without it alternate. Prints the time from a message to its picture, the CPU of Node for a picture, the part
 * of it beyond reading and `verify`, and the CPU of ffmpeg.
 * Options: --pictures N (in each round, default 100), --rounds N (default 5).
 */
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { type Observable, interval, lastValueFrom, map, take, tap } from 'rxjs';
import { decode, memory, publish, subscribe, verify } from 'rxcam';
import { childrenSeconds, median } from './cpu.mjs';
import { FRAME_MS, accessUnits, message, quantile } from './messages.js';

/** Pictures before the measurement begins. */
const START = 25;
const MAX_P50_MS = 15;
const MAX_NODE_MS = 3;

const { values } = parseArgs({ options: { pictures: { type: 'string', default: '100' }, rounds: { type: 'string', default: '5' } } });
const [pictures, rounds] = [Number(values.pictures), Number(values.rounds)];
const say = (text: string) => { process.stdout.write(`${text}\n`); };

interface Round { readonly nodeMs: number; readonly ffmpegMs: number; readonly waits: readonly number[] }

const topic = 'video';
const units = await accessUnits(50);
const bytes = median(units.map(({ length }) => length));
const plain: Round[] = [];
const decoded: Round[] = [];
for (let number = 0; number <= rounds; number++) {
  for (const isDecoded of number % 2 === 0 ? [false, true] : [true, false]) {
    const result = await round(isDecoded);
    // The first round warms up.
    if (number > 0) (isDecoded ? decoded : plain).push(result);
  }
}
const waits = decoded.flatMap((one) => one.waits);
const nodeMs = decoded.map((one) => one.nodeMs);
const own = decoded.map((one, index) => one.nodeMs - (plain[index]?.nodeMs ?? 0));
const range = (all: readonly number[]) => `${median(all).toFixed(2)} ms (${Math.min(...all).toFixed(2)} to ${Math.max(...all).toFixed(2)})`;
say(`${rounds} rounds of ${pictures} pictures, 25 a second, access units of ${bytes} bytes (median), 640x360 to rgb24`);
say(`from message to picture: p50 ${quantile(waits, 0.5).toFixed(1)} ms, p95 ${quantile(waits, 0.95).toFixed(1)} ms; target p50 ${MAX_P50_MS} ms`);
say(`CPU of Node a picture: ${range(nodeMs)}; beyond reading and verify ${range(own)}; target ${MAX_NODE_MS} ms`);
say(`CPU of ffmpeg a picture, its start included: ${range(decoded.map((one) => one.ffmpegMs))}`);

/** Publishes one message every 40 ms. The first ones wait for ffmpeg's start, or for those that do, and are not measured. */
async function round(isDecoded: boolean): Promise<Round> {
  const broker = memory();
  const run = randomUUID();
  const arrivals = new Map<number, number>();
  const waits: number[] = [];
  const ffmpeg = childrenSeconds();
  let [before, after] = [process.cpuUsage(), process.cpuUsage()];
  const received$ = subscribe(broker, { topic, from: 'earliest' }).pipe(verify(), tap(({ seq = 0 }) => { arrivals.set(seq, performance.now()); }));
  const out$: Observable<{ readonly seq?: number | undefined }> = isDecoded ? received$.pipe(decode({ pixelFormat: 'rgb24' })) : received$;
  const done = lastValueFrom(out$.pipe(tap(({ seq = 0 }) => {
    if (seq === START) before = process.cpuUsage();
    if (seq > START) waits.push(performance.now() - (arrivals.get(seq) ?? NaN));
    if (seq < START + pictures) return;
    after = process.cpuUsage(before);
    void broker.close();
  })));
  await lastValueFrom(interval(FRAME_MS).pipe(
    take(START + pictures), map((index) => message(units[index % units.length] as Buffer, index + 1, run)), publish(broker, { topic }),
  ));
  await done;
  const ffmpegMs = (childrenSeconds() - ffmpeg) * 1_000 / (START + pictures);
  return { nodeMs: (after.user + after.system) / 1_000 / pictures, ffmpegMs, waits };
}
