/** Sources with several parameter sets: each GOP that is passed on decodes alone. */
import { lastValueFrom, toArray } from 'rxjs';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { camera, passthrough } from '../../src/index.js';
import { type Watched, watch } from '../faults/kit.js';
import { countFrames, fieldInput, needs, run, startOddRtsp, temporaryFolder, threeQuestions } from '../services/index.js';

async function gopsOf(path: string) {
  const gate = camera(path);
  const gops = await lastValueFrom(gate.pipe(passthrough({ chunk: 'gop' }), toArray()));
  await threeQuestions({ stats: gate.stats });
  return gops;
}

/** Two clips of 160x120 and 320x240, in one transport stream or MKV: different parameter sets with the same id. */
async function joined(codec: 'h264' | 'h265', container: 'ts' | 'mkv'): Promise<string> {
  const folder = temporaryFolder('parameter-sets');
  const encoder = codec === 'h264' ? ['libx264', '-x264-params', 'keyint=10:scenecut=0'] : ['libx265', '-x265-params', 'log-level=error:keyint=10'];
  const parts: Buffer[] = [];
  for (const size of ['160x120', '320x240', '160x120']) {
    parts.push(await run('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=25:duration=0.8`, '-c:v', ...encoder, '-preset', 'ultrafast',
      '-bf', '0', '-threads', '1', '-pix_fmt', 'yuv420p', '-f', codec === 'h264' ? 'h264' : 'hevc', 'pipe:1']));
  }
  const raw = join(folder, `joined.${codec}`);
  writeFileSync(raw, Buffer.concat(parts));
  const path = join(folder, `joined-${codec}.${container}`);
  await run('ffmpeg', ['-v', 'error', '-y', '-r', '25', '-i', raw, '-c', 'copy', path]);
  return path;
}

needs('ffmpeg', 'python')('a source with several parameter sets', () => {
  it.each(['twopps.mp4', 'twopps.h264'])('%s: each GOP decodes alone', async (name) => {
    const gops = await gopsOf(await fieldInput(name));
    expect(gops.map(({ frames }) => frames)).toEqual([25, 25, 25]);
    for (const { data } of gops) expect(await countFrames(data)).toBe(25);
  });

  it.each(['h264', 'h265'] as const)('%s sets that change during the stream: each GOP has the sets of its size', async (codec) => {
    const gops = await gopsOf(await joined(codec, 'ts'));
    expect(gops.map(({ width, frames }) => [width, frames])).toEqual([[160, 10], [160, 10], [320, 10], [320, 10], [160, 10], [160, 10]]);
    for (const { data } of gops) expect(await countFrames(data)).toBe(10);
  });

  it('of an RTSP camera that sends the second one once: a GOP that is joined later decodes alone', async () => {
    const raw = join(temporaryFolder('parameter-sets'), 'delimited.h264');
    await run('ffmpeg', ['-v', 'error', '-y', '-i', await fieldInput('twopps.h264'), '-c', 'copy', '-bsf:v', 'h264_metadata=aud=insert', raw]);
    expect(readFileSync(raw).length).toBeGreaterThan(0);
    const server = await startOddRtsp({ file: raw });
    const watched: Watched = watch(`rtsp://127.0.0.1:${server.port}/a`, { steps: (gate) => gate.pipe(passthrough({ chunk: 'gop' })) });
    await watched.nth('published', 3);
    watched.unsubscribe();
    for (const { value, headers } of watched.messages) expect(await countFrames(value)).toBe(Number(headers['ce_frames']));
    await watched.end();
    await server.stop();
  });
});
