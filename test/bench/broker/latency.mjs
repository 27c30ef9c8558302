/** Measures the latency of each client in turn, and prints the medians: `npm run bench broker -- latency [ROUNDS] [SECONDS]`. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median } from '../cpu.mjs';

const WAYS = ['kafkajs', 'kafka', 'platformatic'];

export async function latency(rounds = 5, seconds = 8) {
  const worker = fileURLToPath(new URL('latency-worker.mjs', import.meta.url));
  const found = new Map(WAYS.map((way) => [way, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const way of WAYS) {
      const { stdout } = await promisify(execFile)(process.execPath, [worker, way, String(seconds)]);
      const one = JSON.parse(stdout);
      found.get(way).push(one);
      console.log(`${way}: p50 ${one.p50.toFixed(2)} ms, p99 ${one.p99.toFixed(2)} ms, ${one.messages} messages`);
    }
  }
  const bare = found.get('kafkajs');
  for (const [way, all] of found) {
    const of = (share) => `${median(all.map((one) => one[share])).toFixed(2)} ms (${median(all.map((one, index) => one[share] / bare[index][share])).toFixed(2)} x kafkajs)`;
    console.log(`${way.padEnd(14)} p50 ${of('p50')}, p99 ${of('p99')}`);
  }
}
