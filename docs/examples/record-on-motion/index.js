/** Records only while something moves, into one MP4 for each movement. */
import { execFileSync } from 'node:child_process';
import { camera, encodeH265, findFfmpeg, memory, publish, record, retry, skipRate, skipUnchanged, subscribe, toMessage, verify } from 'rxcam';
import { Subject, firstValueFrom, skip, takeUntil } from 'rxjs';

const broker = memory();
const hall = camera(process.env.CAMERA ?? await makeVideo('motion.mp4'), { key: 'hall', pace: 'realtime' });
const ended$ = new Subject();

subscribe(broker, { topic: 'motion' }).pipe(
  takeUntil(ended$),
  // The first picture of a capture is always kept, also without a movement.
  skip(1),
  verify(),
  // Two seconds without a picture end a movement.
  record('recordings', { gapMs: 2_000, keep: { bytes: 10e9 } }),
).subscribe((event) => {
  if (event.type === 'opened') console.log(`something moves: ${event.file}`);
  if (event.type === 'closed') console.log(`${event.file}: ${event.pictures} pictures, ${event.bytes} bytes`);
});

hall.pipe(
  skipRate({ fps: 5 }),
  skipUnchanged({ maxGapMs: 3_600_000 }),
  encodeH265(), toMessage(), publish(broker, { topic: 'motion' }), retry(),
).subscribe({
  complete: () => {
    console.log(`${hall.stats.captured} pictures captured, ${hall.stats.published} published`);
    ended$.next();
  },
});

/** Makes a video of four parts of three seconds: still, moving, still, moving. */
async function makeVideo(file) {
  const parts = ['color', 'testsrc2', 'color', 'testsrc2'].map((name, part) => `${name}=size=320x240:rate=10:duration=3[${part}]`);
  const { path } = await firstValueFrom(findFfmpeg([]));
  execFileSync(path, ['-v', 'error', '-y', '-f', 'lavfi', '-i', `${parts.join(';')};[0][1][2][3]concat=n=4`, '-c:v', 'mpeg4', file]);
  return file;
}
