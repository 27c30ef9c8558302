/** Runs the Python consumer of the matrice layout, which checks and decodes each message. */
import { fileURLToPath } from 'node:url';
import { consumerPython } from '../cache.mjs';
import { run } from '../process.js';

/** The contents of one message. The consumer fails at the first message that is wrong. */
export interface Consumed {
  readonly key: string;
  readonly name: string;
  readonly order: number;
  readonly start: number;
  readonly end: number;
  readonly codec: string;
  readonly type: string | null;
  readonly broker: string;
  readonly topic: string;
  readonly timestamp: string;
  readonly fps: number;
  readonly originalFps: number;
  readonly original: { readonly width: number; readonly height: number };
  readonly latency: { readonly last_read_time_sec: number; readonly last_write_time_sec: number; readonly last_process_time_sec: number };
  readonly camera: { readonly camera_name: string; readonly camera_group: string | null; readonly location: string };
  readonly service: string;
  /** As PyAV decoded them; `mean` is the brightness of each. */
  readonly pictures: readonly { readonly width: number; readonly height: number; readonly mean: number }[];
}

/**
 * Reads `count` messages.
 * @param address - `host:port`
 */
export async function consumeMatrice(kind: 'kafka' | 'redis', address: string, topic: string, count: number): Promise<Consumed[]> {
  const script = fileURLToPath(new URL('consumer.py', import.meta.url));
  const stdout = await run(consumerPython, [script, kind, address, topic, String(count)]);
  return JSON.parse(stdout.toString()) as Consumed[];
}
