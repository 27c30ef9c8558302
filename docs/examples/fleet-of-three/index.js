/** Twelve cameras on three workers: each camera runs on one of them, and moves when its worker leaves. */
import { camera, encodeH265, kafka, memory, publish, redis, retry, skipRate, toMessage } from 'rxcam';
import { coordinator, fleet } from 'rxcam/fleet';
import { Subject, combineLatest, debounceTime, filter, map, of, take, takeUntil } from 'rxjs';

const { KAFKA, REDIS } = process.env;
const given = process.argv.slice(2);
const names = given.length > 0 ? given : ['ann', 'ben', 'cat'];
const keys = Array.from({ length: 12 }, (_, index) => `camera-${index + 1}`);
const cameras$ = of(new Map(keys.map((key) => [key, { source: 'test:?size=160x90&fps=5' }])));

const embedded = memory();
const open = () => (KAFKA ? kafka({ brokers: KAFKA.split(',') }) : REDIS ? redis({ url: REDIS }) : embedded);

const workers = names.map((worker) => {
  const [broker, leave$, state$] = [open(), new Subject(), new Subject()];
  const run = ({ source }, { key, fence, stop$ }) => camera(source, { key }).pipe(
    skipRate({ fps: 1 }), encodeH265(), toMessage(), takeUntil(stop$), publish(broker, { topic: 'video', fence }), retry(),
  );
  const place = coordinator(broker, { name: 'three' });
  fleet({ coordinator: place, worker, cameras$, drain$: leave$, run }).subscribe({
    next: (state) => { state$.next(state); },
    complete: () => { place.close(); void broker.close(); },
  });
  return { worker, leave$, running$: state$.pipe(map(({ cameras }) => cameras.filter(({ state }) => state === 'running').length)) };
});

const shares$ = combineLatest(workers.map(({ running$ }) => running$)).pipe(debounceTime(500));
shares$.subscribe((shares) => console.log(names.map((name, index) => `${name} ${shares[index]}`).join(', ')));

// When all cameras run, the last of three workers leaves, and the others take over its cameras.
shares$.pipe(filter((shares) => names.length > 2 && shares.reduce((sum, one) => sum + one) === keys.length), take(1)).subscribe(() => {
  console.log(`${names.at(-1)} leaves`);
  workers.at(-1).leave$.next();
});

process.once('SIGINT', () => { for (const { leave$ } of workers) leave$.next(); });
