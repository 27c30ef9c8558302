/** A wall of fifty cameras, and a page that shows all of them, with those in trouble first. */
import { camera, encodeJpeg, memory, publish, retry, toMessage } from 'rxcam';
import { dashboard } from 'rxcam/dashboard';
import { combineLatest, distinctUntilChanged, from, interval, map, mergeMap, zipWith } from 'rxjs';

const { CAMERAS = '50', PORT = '8790' } = process.env;
const given = process.argv.slice(2);
const addresses = given.length > 0 ? given : Array.from({ length: Number(CAMERAS) }, () => 'test:?size=320x180&fps=1');
const gates = addresses.map((address, index) => camera(address, { key: `camera-${index + 1}`, nice: 10 }));
const broker = memory();

const page = await dashboard(gates, { brokers: [broker], port: Number(PORT) });
console.log(`${gates.length} cameras: ${page.url}`);

const streaming$ = combineLatest(gates.map((gate) => gate.stats$)).pipe(
  map((all) => all.filter(({ state, published }) => state === 'streaming' && published > 0).length),
  distinctUntilChanged(),
);
const counting = streaming$.subscribe((count) => console.log(`${count} of ${gates.length} give pictures`));

// Starts them one after the other: fifty processes that start at the same time slow each other down.
const wall = from(gates).pipe(
  zipWith(interval(25)),
  mergeMap(([gate]) => gate.pipe(encodeJpeg({ quality: 70 }), toMessage(), publish(broker, { topic: 'wall' }), retry())),
).subscribe();

process.once('SIGINT', async () => {
  counting.unsubscribe();
  wall.unsubscribe();
  await page.close();
  await broker.close();
});
