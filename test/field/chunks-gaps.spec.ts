/** Times without pictures, and cameras that are idle: keyframes of chunks follow media time, and none is added after a gap. */
import { join } from 'node:path';
import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type EncodeH265Config, camera, encodeH265 } from '../../src/index.js';
import { countFrames, fieldInput, needs, probePackets, run, temporaryFolder, threeQuestions } from '../services/index.js';

/** A file whose pictures have the times of an expression of their number N; s. */
async function timed(name: string, frames: number, seconds: string): Promise<string> {
  const path = join(temporaryFolder('gaps'), name);
  await run('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=size=160x120:rate=25:duration=${frames / 25}`, '-vf', `setpts='(${seconds})/TB'`,
    '-vsync', 'passthrough', '-c:v', 'libx264', '-preset', 'ultrafast', '-threads', '1', '-pix_fmt', 'yuv420p', path]);
  return path;
}

async function chunksOf(path: string, config: Omit<EncodeH265Config, 'mode'>) {
  const gate = camera(path);
  const chunks = await lastValueFrom(gate.pipe(encodeH265({ mode: 'stream', ...config }), toArray()));
  const packets = await probePackets(Buffer.concat(chunks.map(({ data }) => data)));
  await threeQuestions({ stats: gate.stats });
  return { chunks, keyframes: packets.filter(({ keyframe }) => keyframe).length, pictures: packets.length };
}

needs('ffmpeg')('chunks of 500 ms', () => {
  it.each([
    // 520 ms are 13 pictures at 25 a second.
    ['two hours without a picture', async () => fieldInput('gap2h.mkv'), 200, 16],
    ['a picture in two seconds, then 25 a second', async () => fieldInput('smart.mkv'), 230, 46],
    ['25 a second, then one in two seconds', () => timed('idle.mkv', 90, 'if(lt(N,75),N/25,3+(N-75)*2)'), 90, 21],
    ['gaps of a minute', () => timed('minutes.mkv', 100, 'N/25+floor(N/25)*60'), 100, 8],
    ['a time that begins at an hour', () => timed('late.mkv', 100, '3600+N/25'), 100, 8],
  ] as const)('%s: a keyframe about each 500 ms, and no more', async (_what, make, frames, expected) => {
    const { chunks, keyframes, pictures } = await chunksOf(await make(), { chunk: { ms: 500 } });
    expect(pictures).toBe(frames);
    expect(keyframes).toBe(chunks.length);
    expect(Math.abs(keyframes - expected)).toBeLessThanOrEqual(1);
    for (const { data, frames: count } of chunks) expect(await countFrames(data)).toBe(count);
  });
});

needs('ffmpeg')('chunks by pictures', () => {
  it.each([['gap2h.mkv', 200], ['smart.mkv', 230]] as const)('of %s do not depend on time', async (name, frames) => {
    const path = await fieldInput(name);
    const gops = await chunksOf(path, { gop: 50, chunk: 'gop' });
    expect([gops.pictures, gops.keyframes, gops.chunks.length]).toEqual([frames, Math.ceil(frames / 50), Math.ceil(frames / 50)]);
    const tens = await chunksOf(path, { chunk: { frames: 10 } });
    expect([tens.pictures, tens.keyframes, tens.chunks.length]).toEqual([frames, frames / 10, frames / 10]);
  });
});

describe('the time of a gap', () => {
  it('is in the media time of the pictures, from the second one after it', async () => {
    const gate = camera(await fieldInput('gap2h.mkv'));
    const frames = await lastValueFrom(gate.pipe(encodeH265(), toArray()));
    expect(frames.slice(48, 53).map(({ pts }) => pts / 1e6)).toEqual([1.92, 1.96, 2, 7202.04, 7202.08]);
  });
});
