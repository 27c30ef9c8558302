/** The NUT reader against ffprobe, packet by packet, on what real ffmpeg builds write. */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NutReader, type NutPacket, type NutStream } from '../../../src/ffmpeg/nut/index.js';
import { BUILDS, HAS_FFPROBE, run } from './builds.js';

const TEST = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25:duration=2,noise=alls=12:allf=t'];
const X265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-tune', 'zerolatency'];
const HEARTBEAT = ['-filter_complex', '[0:v]split[b][a];[b]crop=2:2:0:0,format=yuv420p[h];[a]scale=160:90,format=yuv420p[v]',
  '-map', '[h]', '-map', '[v]', '-c:v:0', 'rawvideo', '-threads', '1', '-max_interleave_delta', '1'];

/** Arguments after the input; `clip` is an H.264 file with B-frames. */
const CASES: Record<string, (clip: string) => string[]> = {
  'hevc, every frame a keyframe': () =>
    [...TEST, ...X265, '-x265-params', 'keyint=1:repeat-headers=1:annexb=1:info=0:log-level=error:pools=none:frame-threads=1'],
  'hevc in groups of 10': () =>
    [...TEST, ...X265, '-x265-params', 'keyint=10:bframes=0:repeat-headers=1:info=0:log-level=error:pools=none:frame-threads=1'],
  'h264 with B-frames, copied': (clip) => ['-i', clip, '-map', '0:v', '-c', 'copy'],
  'h264 with B-frames and audio, copied': (clip) => ['-i', clip, '-map', '0', '-c', 'copy'],
  'h264 with B-frames at a time base of 1/90000': (clip) => ['-i', clip, '-map', '0:v', '-c', 'copy', '-f', 'mpegts', '-'],
  'raw video': () => [...TEST, '-c:v', 'rawvideo', '-pix_fmt', 'yuv420p', '-threads', '1'],
  'raw video at 30000/1001': () => [...TEST, '-c:v', 'rawvideo', '-pix_fmt', 'gray', '-r', '30000/1001', '-threads', '1'],
  mjpeg: () => [...TEST, '-c:v', 'mjpeg', '-q:v', '5', '-threads', '1'],
  'a heartbeat and hevc': () =>
    [...TEST, ...HEARTBEAT, '-c:v:1', 'libx265', '-preset', 'ultrafast', '-tune', 'zerolatency',
      '-x265-params', 'keyint=25:bframes=0:repeat-headers=1:info=0:log-level=error:pools=none:frame-threads=1'],
  'a heartbeat and mjpeg': () => [...TEST, ...HEARTBEAT, '-c:v:1', 'mjpeg'],
  'a heartbeat and raw video': () => [...TEST, ...HEARTBEAT, '-c:v:1', 'rawvideo'],
  'a clock that began in 1970': () =>
    [...TEST, '-vf', 'settb=1/1000000,setpts=PTS+1.7e15', '-vsync', 'passthrough', '-copyts', '-enc_time_base', '-1',
      '-c:v', 'rawvideo', '-pix_fmt', 'gray', '-threads', '1'],
};

interface Row { stream: number; pts: number; size: number; key: boolean; md5: string }

function read(bytes: Buffer, chunkSize: number): { packets: NutPacket[]; streams: readonly NutStream[] } {
  const packets: NutPacket[] = [];
  let streams: readonly NutStream[] = [];
  const reader = new NutReader({ onPacket: (packet) => packets.push(packet), onStreams: (all) => { streams = all; } });
  for (let at = 0; at < bytes.length; at += chunkSize) reader.push(bytes.subarray(at, at + chunkSize));
  reader.end();
  return { packets, streams };
}

function row({ stream, rawPts, key, data }: NutPacket): Row {
  const md5 = createHash('md5').update(data).digest('hex');
  return { stream, pts: rawPts, size: data.length, key, md5 };
}

async function probe(file: string): Promise<{ rows: Row[]; bases: string[] }> {
  const { stdout } = await run('ffprobe', ['-v', 'error', '-show_packets', '-show_streams', '-show_data_hash', 'MD5',
    '-of', 'json', file]);
  const json = JSON.parse(stdout.toString()) as {
    packets: { stream_index: number; pts: number; size: string; flags: string; data_hash: string }[];
    streams: { time_base: string }[];
  };
  const rows = json.packets.map((p) => ({
    stream: p.stream_index, pts: p.pts, size: Number(p.size), key: p.flags.startsWith('K'),
    md5: p.data_hash.replace('MD5:', ''),
  }));
  return { rows, bases: json.streams.map((s) => s.time_base) };
}

let dir: string;
beforeAll(() => { dir = mkdtempSync(join(tmpdir(), 'rxcam-nut-')); });
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe.skipIf(!HAS_FFPROBE)('NutReader and ffprobe see the same packets', () => {
  describe.each(BUILDS)('written by the ffmpeg of $name', ({ path }) => {
    let clip: string;
    beforeAll(async () => {
      clip = join(dir, 'clip.mp4');
      const made = await run(path, ['-y', '-v', 'error', ...TEST, '-f', 'lavfi', '-i', 'sine=duration=2', '-c:v', 'libx264',
        '-preset', 'veryfast', '-bf', '3', '-g', '20', '-pix_fmt', 'yuv420p', '-c:a', 'aac', clip]);
      expect(made.stderr.toString()).toBe('');
    }, 60_000);

    it.each(Object.keys(CASES))('%s', async (name) => {
      let args = CASES[name]!(clip);
      let input: Buffer | string = '';
      if (args.includes('mpegts')) {
        input = (await run(path, ['-v', 'error', ...args])).stdout;
        args = ['-f', 'mpegts', '-i', 'pipe:0', '-map', '0:v', '-c', 'copy'];
      }
      const made = await run(path, ['-v', 'error', ...args, '-f', 'nut', '-flush_packets', '1', 'pipe:1'], input);
      expect(made.code).toBe(0);
      const file = join(dir, 'out.nut');
      writeFileSync(file, made.stdout);

      const { rows, bases } = await probe(file);
      const { packets, streams } = read(made.stdout, 65536);
      expect(rows.length).toBeGreaterThan(40);
      expect(packets.map(row)).toEqual(rows);
      expect(read(made.stdout, 7).packets.map(row)).toEqual(rows);
      expect(streams.map(({ timeBase }) => `${timeBase.num}/${timeBase.den}`)).toEqual(bases);
      for (const packet of packets) {
        const { num, den } = streams[packet.stream]!.timeBase;
        const exact = BigInt(packet.rawPts) * BigInt(num) * 2_000_000n;
        expect(packet.pts).toBe(Number((exact + BigInt(den)) / BigInt(2 * den)));
        expect(packet.data.buffer.byteLength).toBe(packet.data.length);
      }
    }, 60_000);

    it('big raw frames, without an index', async () => {
      const args = ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=25:duration=2', '-c:v', 'rawvideo',
        '-pix_fmt', 'yuv420p', '-threads', '1', '-f', 'nut', '-flush_packets', '1', '-write_index', '0', 'pipe:1'];
      const { packets } = read((await run(path, args)).stdout, 65536);
      expect(packets.map((packet) => [packet.pts, packet.data.length, packet.key]))
        .toEqual(Array.from({ length: 50 }, (_, i) => [i * 40_000, 1280 * 720 * 1.5, true]));
    }, 60_000);

    it('reports that ffmpeg was killed inside a frame', async () => {
      const reader = new NutReader({ onPacket: () => {} });
      // A frame has 25 MB, far more than the pipe holds: at 10 MB ffmpeg is inside it.
      const endless = ['-v', 'error', '-f', 'lavfi', '-i', 'color=size=4096x4096', '-pix_fmt', 'yuv420p', '-c:v', 'rawvideo',
        '-f', 'nut', 'pipe:1'];
      const child = spawn(path, endless, { stdio: ['ignore', 'pipe', 'ignore'] });
      let bytes = 0;
      child.stdout.on('data', (chunk: Buffer) => {
        reader.push(chunk);
        bytes += chunk.length;
        if (bytes > 10_000_000) child.kill('SIGKILL');
      });
      await once(child, 'close');
      expect(() => reader.end()).toThrow(expect.objectContaining({ code: 'truncated', offset: bytes }));
    }, 60_000);
  });
});
