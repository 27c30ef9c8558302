/** The video of the benchmarks: a moving pattern with noise, 1080p H.264 at 25 fps, GOP 50, like that of a camera. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const folder = path.join(tmpdir(), 'rxcam-bench');

/** The longest encoded video: a longer file repeats it. */
const ENCODED_SECONDS = 60;

/** The path of the file, which is created once. @param {number} crf - 26 for access units of 22 kB, 22 for 62 kB */
export function footage(seconds, crf = 26) {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `1080p-${seconds}s-crf${crf}.mp4`);
  if (!existsSync(file) && seconds > ENCODED_SECONDS) {
    const times = Math.ceil(seconds / ENCODED_SECONDS);
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-stream_loop', String(times - 1), '-i', footage(ENCODED_SECONDS, crf), '-t', String(seconds), '-c', 'copy', file]);
  } else if (!existsSync(file)) {
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', `testsrc2=size=1920x1080:rate=25:duration=${seconds},noise=alls=6:allf=t`,
      '-c:v', 'libx264', '-preset', 'veryfast', '-g', '50', '-bf', '0', '-crf', String(crf), '-pix_fmt', 'yuv420p', file]);
  }
  return file;
}
