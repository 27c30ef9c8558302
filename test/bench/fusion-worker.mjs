/** The pipeline of the fusion benchmark, as a user writes it. */
import { lastValueFrom } from 'rxjs';
import { camera, encodeH265, memory, publish, resize, skipRate, toMessage } from 'rxcam';

const startUs = process.cpuUsage();
const source = camera(process.argv[2]);
const broker = memory();
await lastValueFrom(source.pipe(
  skipRate(5),
  resize({ width: 640, height: 360 }),
  encodeH265({ mode: 'frame' }),
  toMessage(),
  publish(broker, { topic: 'bench' }),
));
const { captured, skipped, published, droppedTotal, inFlight, bytes } = source.stats;
console.log(JSON.stringify({ startSeconds: (startUs.user + startUs.system) / 1e6, captured, skipped, published, droppedTotal, inFlight, bytes }));
await broker.close();
