/** A detector on raw frames: ffmpeg scales two pictures a second, and Node gets them as RGB. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { camera, deliver, resize, retry, skipRate } from 'rxcam';

const { CAMERA = 'test:?size=640x360' } = process.env;
const session = await InferenceSession.create('red.onnx');
const gate = camera(CAMERA, { key: 'gate', pixelFormat: 'rgb24' });

/** Converts rows of R, G, B to three planes, as models expect them, with values from 0 to 1. */
function tensorOf({ data, width, height }) {
  const pixels = width * height;
  const planes = Float32Array.from({ length: 3 * pixels }, (_, at) => data[(at % pixels) * 3 + Math.floor(at / pixels)] / 255);
  return new Tensor('float32', planes, [1, 3, height, width]);
}

async function detect(frame) {
  const { blocks } = await session.run({ picture: tensorOf(frame) });
  const [, , , columns] = blocks.dims;
  const found = [...blocks.data].flatMap((share, at) => (share > 0.5 ? [[at % columns * 20, Math.floor(at / columns) * 20]] : []));
  return { seq: frame.seq, found };
}

const running = gate.pipe(
  skipRate({ fps: 2 }),
  resize({ width: 320, height: 180, fit: 'fill' }),
  // If the model is slower than the camera, the oldest pictures in the queue are dropped, and the ledger counts them.
  deliver(detect, { outbox: { maxMessages: 4 } }),
  retry(),
).subscribe(({ seq, found }) => console.log(`picture ${seq}: ${found.length} red blocks`, found.slice(0, 3)));

process.once('SIGINT', () => {
  running.unsubscribe();
  console.log(`${gate.stats.delivered} pictures examined, ${gate.stats.droppedTotal} dropped`);
});
