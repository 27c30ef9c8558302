/** The pipeline under test: two pictures a second of a camera that sends ten, as JPEG. */
import { encodeJpeg, publish, retry, skipRate, toMessage } from 'rxcam';

export function pipeline(gate, broker) {
  return gate.pipe(
    skipRate(5),
    encodeJpeg(),
    toMessage(),
    publish(broker, { topic: 'video' }),
    retry({ initialMs: 1_000, maxMs: 4_000 }),
  );
}
