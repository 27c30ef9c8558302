/** Files that were cut within a GOP without encoding: they contain the pictures that their first picture needs, and hide those. */
import { join } from 'node:path';
import { lastValueFrom, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { type CameraEvent, type EncodedFrame, camera, encodeH265, memory, passthrough, publish, toMessage } from '../../src/index.js';
import { countFrames, fieldInput, needs, run, temporaryFolder, threeQuestions } from '../services/index.js';

/** A clip with B-frames, cut at this time; s. */
async function cutWithBframes(seconds: number): Promise<string> {
  const folder = temporaryFolder('edit-lists');
  const [whole, path] = [join(folder, 'whole.mp4'), join(folder, `cut-${seconds}.mp4`)];
  await run('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=size=160x120:rate=25:duration=4', '-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2',
    '-x264-params', 'keyint=100:min-keyint=100:scenecut=0', '-threads', '1', '-pix_fmt', 'yuv420p', whole]);
  await run('ffmpeg', ['-v', 'error', '-ss', String(seconds), '-i', whole, '-c', 'copy', path]);
  return path;
}

async function played(path: string, reuse: boolean) {
  const gate = camera(path, { key: 'gate' });
  const events: CameraEvent[] = [];
  gate.events$.subscribe((event) => events.push(event));
  const units$ = reuse ? gate.pipe(encodeH265({ mode: 'stream', reuse: true })) : gate.pipe(passthrough());
  const units: EncodedFrame[] = await lastValueFrom(units$.pipe(toArray()));
  await threeQuestions({ stats: gate.stats });
  return { gate, units, warnings: events.filter((event) => event.type === 'warning').map(({ message }) => message) };
}

needs('ffmpeg')('a file that hides its first pictures', () => {
  it.each([
    ['cut4.mp4', false, 100, 500], ['cut14.mp4', false, 350, 500], ['h265-cut4.mp4', true, 100, 500], ['h265-cut14.mp4', true, 350, 500],
    ['h265-cut14.mp4', false, 350, 500],
  ] as const)('%s (reused: %s): %i are marked, all are counted, and decode', async (name, reuse, hidden, all) => {
    const { gate, units, warnings } = await played(await fieldInput(name), reuse);
    expect(new Set(units.map((unit) => unit.encoder))).toEqual(new Set(['copy']));
    expect(units.map((unit) => unit.hidden ?? 0)).toEqual([...new Array<number>(hidden).fill(1), ...new Array<number>(all - hidden).fill(0)]);
    expect(units.map(({ pts }) => Math.round(pts / 40_000))).toEqual(units.map((_, index) => index - hidden));
    expect(warnings).toEqual([`the file hides its first ${hidden / 25} s (an edit list): access units up to there are sent with a mark, because later ones need them`]);
    expect(gate.stats).toMatchObject({ captured: all, delivered: all, droppedTotal: 0 });
    expect(await countFrames(Buffer.concat(units.map(({ data }) => data)))).toBe(all);
  });

  it('with B-frames: those before the cut are marked, at any position in decoding order', async () => {
    const path = await cutWithBframes(2);
    const { units } = await played(path, false);
    const flags = (await run('ffprobe', ['-v', 'error', '-show_entries', 'packet=flags', '-of', 'csv=p=0', path])).toString().trim().split('\n');
    expect(units.map(({ hidden }) => hidden === 1)).toEqual(flags.map((one) => one.includes('D')));
    expect(units.filter(({ hidden }) => hidden === 1).map(({ pts }) => pts)).toEqual(units.map(({ pts }) => pts).filter((pts) => pts < 0));
    expect(await countFrames(Buffer.concat(units.map(({ data }) => data)))).toBe(units.length);
  });

  it('states it in the headers of messages and chunks; decoding emits only shown pictures', async () => {
    const broker = memory();
    const path = await fieldInput('cut4.mp4');
    const topics = { topic: 'video' };
    await lastValueFrom(camera(path, { key: 'one' }).pipe(passthrough({ chunk: { frames: 1 } }), toMessage(), publish(broker, topics), toArray()));
    const [message] = broker.read('video');
    expect(message?.headers).toMatchObject({ ce_hidden: '100', ce_frames: '500', ce_pts: '-4000000' });
    await broker.close();
    const shown = await lastValueFrom(camera(path).pipe(encodeH265({ mode: 'stream' }), toArray()));
    expect(shown).toHaveLength(400);
    expect(shown[0]).toMatchObject({ pts: 0 });
  });

  it('an MP4 with B-frames that was not cut has no hidden pictures', async () => {
    const { units, warnings } = await played(await cutWithBframes(0), false);
    expect(units.every(({ hidden, pts }) => hidden === undefined && pts >= 0)).toBe(true);
    expect(warnings).toEqual([]);
  });
});
