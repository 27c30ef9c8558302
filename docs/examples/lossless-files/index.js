/** Publishes each picture of all videos in a folder as one message: reading a file pauses until the broker is ready, so that no picture is lost. */
import { mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { camera, encodeH265, memory, publish, record, redis, subscribe, toMessage, verify } from 'rxcam';
import { concatMap, from, last, lastValueFrom, take } from 'rxjs';

const { REDIS } = process.env;
const folder = process.argv[2] ?? await makeVideos();
const broker = REDIS === undefined ? memory({ maxMessages: 100_000 }) : redis({ url: REDIS });
const names = (await readdir(folder, { recursive: true })).filter((name) => /\.(mp4|mkv|mov|avi|ts)$/i.test(name)).sort();

await lastValueFrom(from(names).pipe(concatMap(async (name) => {
  const film = camera(join(folder, name), { key: name });
  await lastValueFrom(film.pipe(encodeH265(), toMessage(), publish(broker, { topic: 'films' })), { defaultValue: undefined });
  const { captured, published } = film.stats;
  console.log(`${name}: ${published} of ${captured} pictures published`);
})), { defaultValue: undefined });
await broker.close();

/** Two short videos of the test pattern. */
async function makeVideos() {
  const made = await mkdtemp(join(tmpdir(), 'films-'));
  const source = memory();
  const written = lastValueFrom(subscribe(source, { topic: 'made' }).pipe(take(100), verify(), record(made), last()));
  for (const key of ['first', 'second']) {
    const pattern = camera('test:?duration=2', { key, pace: 'asap' });
    await lastValueFrom(pattern.pipe(encodeH265(), toMessage(), publish(source, { topic: 'made' })));
  }
  await written;
  return made;
}
