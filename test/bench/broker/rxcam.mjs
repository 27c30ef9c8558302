/** A pipeline of rxcam, from the engine to the acknowledgement of a broker. */
import { camera, encodeH265, publish, toMessage } from 'rxcam';

export function published(broker, topic) {
  return {
    start: (engine, key) => camera('rtsp://bench.invalid/stream', { key, engine }).pipe(encodeH265(), toMessage(), publish(broker, { topic })),
    close: () => broker.close(),
  };
}
