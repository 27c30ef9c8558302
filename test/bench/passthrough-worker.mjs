/** The pipeline of the passthrough benchmark, as a user writes it. */
import { lastValueFrom } from 'rxjs';
import { camera, memory, passthrough, publish, toMessage } from 'rxcam';

const { user, system } = process.cpuUsage();
const source = camera(process.argv[2]);
const broker = memory();
await lastValueFrom(source.pipe(passthrough(), toMessage(), publish(broker, { topic: 'bench' })));
const { captured, published, droppedTotal, inFlight, bytes } = source.stats;
console.log(JSON.stringify({ startSeconds: (user + system) / 1e6, captured, published, droppedTotal, inFlight, bytes }));
await broker.close();
