/** `ce_keyframetime`: the place where a consumer that finds a picture in the middle of a GOP begins to read. */
import { join } from 'node:path';
import { lastValueFrom, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { type EncodeH265Config, camera, encodeH265, memory, passthrough, publish, resize, skipUnchanged, toMessage } from '../../src/index.js';
import { countFrames, fieldInput, footage, needs, run, temporaryFolder, threeQuestions } from '../services/index.js';

type Way = 'passthrough' | EncodeH265Config;

async function messagesOf(path: string, way: Way) {
  const broker = memory({ maxMessages: 10_000 });
  const gate = camera(path, { key: 'gate' });
  const units$ = way === 'passthrough' ? gate.pipe(passthrough()) : gate.pipe(resize({ width: 80 }), encodeH265(way));
  await lastValueFrom(units$.pipe(toMessage(), publish(broker, { topic: 'video' }), toArray()));
  const messages = broker.read('video');
  await broker.close();
  await threeQuestions({ stats: gate.stats });
  return messages;
}

needs('ffmpeg')('the time of the keyframe', () => {
  it.each<[string, Way]>([['stream mode', { mode: 'stream', gop: 20 }], ['passthrough', 'passthrough']])(
    'is that of the message with which a decoder must begin (%s)', async (_what, way) => {
      const messages = await messagesOf(await fieldInput('gop50.ts'), way);
      expect(messages).toHaveLength(200);
      for (const [index, { headers }] of messages.entries()) {
        const isKey = headers['ce_keyframe'] === 'true';
        expect(headers['ce_keyframetime'] === undefined).toBe(isKey);
        if (isKey) continue;
        const begin = messages.findLastIndex((one, at) => at < index && one.headers['ce_keyframe'] === 'true');
        expect(headers['ce_keyframetime']).toBe(messages[begin]?.headers['ce_time']);
      }
      // A consumer searches by it, and reads from there.
      const found = messages.findIndex(({ headers }) => headers['ce_time'] === messages[130]?.headers['ce_keyframetime'] && headers['ce_keyframe'] === 'true');
      expect(await countFrames(Buffer.concat(messages.slice(found, 131).map(({ value }) => value)))).toBe(131 - found);
    });

  it.each<[string, Way]>([['frame mode', { mode: 'frame' }], ['chunks', { mode: 'stream', gop: 20, chunk: 'gop' }]])('is absent if each message decodes alone (%s)', async (_what, way) => {
    const messages = await messagesOf(await footage({ seconds: 2 }), way);
    expect(messages.filter(({ headers }) => headers['ce_keyframetime'] !== undefined)).toEqual([]);
  });

  it('is also in a reference to an unchanged picture', async () => {
    const broker = memory();
    const path = join(temporaryFolder('keyframe-time'), 'still.mp4');
    await run('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'color=gray:size=64x64:rate=5:duration=2', '-c:v', 'libx264', '-threads', '1', path]);
    const clip = camera(path, { key: 'clip' });
    const units$ = clip.pipe(skipUnchanged(), encodeH265({ mode: 'stream' }));
    await lastValueFrom(units$.pipe(toMessage({ unchanged: 'reference' }), publish(broker, { topic: 'video' }), toArray()));
    const [full, ...references] = broker.read('video');
    expect(references.length).toBeGreaterThan(5);
    expect(new Set(references.map(({ headers }) => headers['ce_keyframetime']))).toEqual(new Set([full?.headers['ce_time']]));
    await broker.close();
    await threeQuestions({ stats: clip.stats });
  });
});
