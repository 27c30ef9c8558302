/** Chooses the encoder of a step: tries hardware with one picture, remembers the result, and reports a fallback to software. */
import { execFile } from 'node:child_process';
import type { EncodeStep } from '../../core/steps/index.js';
import { streamOptions } from './command.js';
import { childEnvironment } from '../binary/index.js';
import { type Encoder, hardwareEncoders, softwareEncoder } from './encoder/index.js';
import type { FfmpegFacts } from '../../core/engine/ffmpeg-facts.js';

/** The chosen encoder, and the reason for the choice. */
export interface ChosenEncoder { readonly encoder: Encoder; readonly reason: string }

/** Time limit of a probe, because drivers may hang; ms. */
const PROBE_TIMEOUT_MS = 10_000;

const probes = new Map<string, Promise<string | undefined>>();

/** The encoder to use. Never rejects: it falls back to software, and states the reason. */
export async function chooseEncoder(step: EncodeStep, facts: FfmpegFacts): Promise<ChosenEncoder> {
  const fallback = softwareEncoder(step);
  if (step.codec !== 'h265' || step.hardware === false) return { encoder: fallback, reason: 'software, as requested' };
  const failures: string[] = [];
  for (const encoder of hardwareEncoders(step)) {
    const failure = await probe(encoder, step, facts);
    if (failure === undefined) return { encoder, reason: 'hardware, its probe passed' };
    failures.push(`${encoder.name}: ${failure}`);
  }
  if (failures.length === 0) return { encoder: fallback, reason: `no hardware encoder is known for ${process.platform}` };
  return { encoder: fallback, reason: `hardware failed its probe: ${failures.join('; ')}` };
}

/** Why an encoder does not work on this machine; undefined if it works. Each binary and encoder is probed once. */
function probe(encoder: Encoder, step: EncodeStep, facts: FfmpegFacts): Promise<string | undefined> {
  if (!facts.encoders.has(encoder.name)) return Promise.resolve(`ffmpeg ${facts.version} is built without it`);
  const key = `${facts.path} ${encoder.name}`;
  const result = probes.get(key) ?? encodeOnePicture(encoder, step, facts);
  probes.set(key, result);
  return result;
}

function encodeOnePicture(encoder: Encoder, step: EncodeStep, facts: FfmpegFacts): Promise<string | undefined> {
  const filters = [`format=${encoder.pixelFormat}`, ...(encoder.filters ?? [])].join(',');
  const args = [
    '-hide_banner', '-nostdin', '-loglevel', 'error', ...(encoder.globalOptions ?? []),
    '-f', 'lavfi', '-i', 'color=size=320x240:rate=25', '-vf', filters, '-frames:v', '1',
    '-c:v', encoder.name, ...streamOptions(encoder.options(step, facts, {}), 'v:0'), '-f', 'null', '-',
  ];
  return new Promise((resolve) => {
    execFile(facts.path, args, { timeout: PROBE_TIMEOUT_MS, killSignal: 'SIGKILL', env: childEnvironment() }, (error, _, stderr) => {
      resolve(error === null ? undefined : reasonIn(stderr) ?? `no picture within ${PROBE_TIMEOUT_MS} ms`);
    });
  });
}

/** The first line of ffmpeg's log. */
function reasonIn(stderr: string): string | undefined {
  const line = stderr.split('\n').find((one) => one.trim() !== '');
  return line?.replace(/^\[[^\]]*\]\s*/, '').slice(0, 200);
}
