/** From the engine to the message, without a broker. */
import { camera, encodeH265, toMessage } from 'rxcam';

export const reference = undefined;

export function open() {
  return {
    start: (engine, key) => camera('rtsp://bench.invalid/stream', { key, engine }).pipe(encodeH265(), toMessage()),
    close: () => Promise.resolve(),
  };
}
