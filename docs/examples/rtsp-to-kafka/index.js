/** One camera to one topic, until Ctrl-C: five pictures a second, 640 pixels wide, each as an H.265 message that decodes alone. */
import { camera, encodeH265, kafka, memory, publish, resize, retry, skipRate, toMessage } from 'rxcam';

const { CAMERA = 'test:', KAFKA } = process.env;
const broker = KAFKA === undefined ? memory() : kafka({ brokers: KAFKA.split(',') });
const gate = camera(CAMERA, { key: 'gate' });

gate.stats$.subscribe(({ state, published, rate, dropped }) => {
  const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  console.log(`${state}: ${published} published, ${rate.published.toFixed(1)} a second, ${lost} dropped`);
});
gate.events$.subscribe((event) => {
  if (event.type === 'retrying') console.log(`${event.error.message}; next attempt in ${event.delayMs} ms`);
});
broker.errors$.subscribe(({ message }) => console.log(message));

const running = gate.pipe(
  skipRate({ fps: 5 }),
  resize({ width: 640 }),
  encodeH265(),
  toMessage({ location: 'Gate' }),
  publish(broker, { topic: 'video' }),
  retry(),
).subscribe();

process.once('SIGINT', () => {
  running.unsubscribe();
  // Sends the messages that are left in the outbox.
  void broker.close();
});
