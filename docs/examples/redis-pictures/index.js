/** A consumer that saves a JPEG of each camera every five seconds, and reports missing pictures. */
import { mkdir, writeFile } from 'node:fs/promises';
import { camera, decode, deliver, encodeH265, memory, publish, redis, retry, skipRate, subscribe, toMessage, verify } from 'rxcam';
import { filter } from 'rxjs';

const { REDIS, FOLDER = 'pictures', EVERY_MS = '5000' } = process.env;
const broker = REDIS === undefined ? memory() : redis({ url: REDIS });
const nextAt = new Map();
await mkdir(FOLDER, { recursive: true });

const reading = subscribe(broker, { topic: 'video' }).pipe(
  verify({ onGap: ({ camera: key, size, cause }) => console.log(`${key}: ${size} pictures ${cause}`) }),
  decode({ pixelFormat: 'jpeg', quality: 85 }),
  filter(({ camera: key, capturedAt }) => {
    const due = capturedAt >= (nextAt.get(key) ?? 0);
    if (due) nextAt.set(key, capturedAt + Number(EVERY_MS));
    return due;
  }),
  deliver(async ({ camera: key, seq, capturedAt, data }) => {
    const file = `${FOLDER}/${key}-${new Date(capturedAt).toISOString().replaceAll(':', '-')}.jpg`;
    await writeFile(file, data);
    console.log(`picture ${seq} of ${key}: ${file}, ${data.length} bytes`);
  }),
).subscribe();

// Without your own Redis, two cameras are published to the embedded broker.
const cameras = REDIS !== undefined ? [] : ['gate', 'hall'].map((key) => camera('test:', { key }).pipe(
  skipRate({ fps: 5 }), encodeH265(), toMessage(), publish(broker, { topic: 'video' }), retry(),
).subscribe());

process.once('SIGINT', () => {
  for (const one of [...cameras, reading]) one.unsubscribe();
  void broker.close();
});
