/** A file whose ffmpeg is killed goes on behind the last picture that came out: each picture once, none lost. */
import { execFileSync } from 'node:child_process';
import { lastValueFrom, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { type CameraEvent, camera, encodeH265, memory, publish, retry, skipRate, toMessage } from '../../src/index.js';
import { ffmpegChildren, footage, needs, threeQuestions } from '../services/index.js';

needs('ffmpeg')('a file whose ffmpeg is killed', () => {
  it('goes on where it stood: each picture once, none lost, skipRate in step', async () => {
    const clip = await footage({ seconds: 20, width: 160, height: 90 });
    const gate = camera(clip);
    const events: CameraEvent[] = [];
    gate.events$.subscribe((event) => {
      events.push(event);
      const isDue = event.type === 'captured' && event.seq === 50;
      if (isDue) for (const pid of ffmpegChildren()) execFileSync('kill', ['-9', String(pid)]);
    });
    const broker = memory();
    const acks = await lastValueFrom(gate.pipe(
      skipRate(5), encodeH265(), toMessage(), publish(broker, { topic: 'video' }), retry({ initial: 100 }), toArray(),
    ));
    expect(events.filter((event) => event.type === 'failed').map((event) => event.error.code)).toEqual(['CAPTURE_CRASHED']);
    expect(gate.stats).toMatchObject({ captured: 500, skipped: 400, published: 100, droppedTotal: 0, inFlight: 0 });
    expect(acks.map((ack) => ack.seq)).toEqual(Array.from({ length: 100 }, (_, n) => 1 + 5 * n));
    await broker.close();
    await threeQuestions({ stats: gate.stats });
  });
});
