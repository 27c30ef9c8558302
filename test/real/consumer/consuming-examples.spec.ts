/** The TypeScript of docs/guides/consuming.md does what the page says; test/real/readme.spec.ts compiles it. */
import { pathToFileURL } from 'node:url';
import { type Observable, Subject, type Subscription, firstValueFrom, from, lastValueFrom, map, take, toArray } from 'rxjs';
import { afterEach, expect, it, vi } from 'vitest';
import { encodeH265, publish, toMessage } from '../../../operators/index.js';
import { type Broker, memory } from '../../../src/broker/index.js';
import { type Received, type ReceivedFrame, camera } from '../../../src/index.js';
import { needs, noFfmpegLeft } from '../../services/index.js';
import { examplesOf } from '../../unit/doc-examples.js';
import { closeAll, made, opened } from '../broker/broker-messages.js';

const examples = examplesOf('guides/consuming.md');
afterEach(closeAll);
const load = (name: string) => import(pathToFileURL(examples[name] as string).href) as Promise<unknown>;

it('takes a message when it is stored, and holds no more than the inbox has room for', async () => {
  const { stored } = await load('stored.ts') as { stored(broker: Broker, store: (message: Received) => Promise<void>): Observable<void> };
  const broker = opened(memory());
  const [kept, stores] = [[] as Received[], new Subject<void>()];
  const done = firstValueFrom(stored(broker, async (message) => {
    kept.push(message);
    await firstValueFrom(stores, { defaultValue: undefined });
  }).pipe(take(150), toArray()));
  await lastValueFrom(from(made(150)).pipe(publish(broker, { topic: 'video' }), toArray()));
  expect(kept).toHaveLength(1);
  stores.complete();
  await done;
  expect(kept.map((one) => one.header('order'))).toEqual(Array.from({ length: 150 }, (_, index) => String(index + 1)));
});

needs('ffmpeg')('with pictures', () => {
  it('prints rates, latency and what is lost', async () => {
    const { watched } = await load('figures.ts') as { watched(broker: Broker, show: (frame: ReceivedFrame) => void): Subscription };
    const broker = opened(memory());
    const print = vi.spyOn(console, 'log').mockReturnValue(undefined);
    const frames = new Subject<ReceivedFrame>();
    const seqs = firstValueFrom(frames.pipe(map(({ seq }) => seq), take(10), toArray()));
    const watching = watched(broker, (frame) => { frames.next(frame); });
    await lastValueFrom(camera('test:?size=160x90&fps=10&duration=1', { key: 'gate' }).pipe(encodeH265(), toMessage(), publish(broker, { topic: 'video' })));
    expect(await seqs).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    watching.unsubscribe();
    expect(print.mock.calls.map(String).at(-1)).toMatch(/^[\d.]+ messages\/s, \d+ ms, 0 lost$/);
    print.mockRestore();
    await noFfmpegLeft();
  });
});
