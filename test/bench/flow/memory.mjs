/** From the engine to the acknowledgement of the embedded broker. */
import { camera, encodeH265, memory, publish, toMessage } from 'rxcam';

export const reference = 'message';

export function open() {
  const broker = memory();
  return {
    start: (engine, key) => camera('rtsp://bench.invalid/stream', { key, engine }).pipe(encodeH265(), toMessage(), publish(broker, { topic: 'bench' })),
    close: () => broker.close(),
  };
}
