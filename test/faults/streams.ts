/** Streams that are damaged or that change, made of footage. */
import { run } from '../services/index.js';

const QUIET = ['-hide_banner', '-loglevel', 'error', '-nostdin'];

/** H.264 in a transport stream, with neither SPS nor PPS anywhere. */
export async function withoutParameterSets(clip: string): Promise<Buffer> {
  const annexB = await run('ffmpeg', [...QUIET, '-i', clip, '-an', '-c:v', 'copy', '-bsf:v', 'h264_mp4toannexb', '-f', 'h264', 'pipe:1']);
  const kept = units(annexB).filter((unit) => ![7, 8].includes((unit[0] ?? 0) & 0x1f));
  const stripped = Buffer.concat(kept.flatMap((unit) => [Buffer.from([0, 0, 0, 1]), unit]));
  return run('ffmpeg', [...QUIET, '-f', 'h264', '-framerate', '10', '-i', 'pipe:0', '-c', 'copy', '-f', 'mpegts', 'pipe:1'], stripped);
}

/** The NAL units of an Annex B stream. */
function units(stream: Buffer): Buffer[] {
  const starts: { at: number; body: number }[] = [];
  for (let at = stream.indexOf('000001', 0, 'hex'); at >= 0; at = stream.indexOf('000001', at + 3, 'hex')) {
    starts.push({ at: stream[at - 1] === 0 ? at - 1 : at, body: at + 3 });
  }
  return starts.map(({ body }, index) => stream.subarray(body, starts[index + 1]?.at));
}
