/** A camera for the Python program: publishes to your Kafka, or to the embedded broker, whose messages go to the stdin of the program. */
import { spawn } from 'node:child_process';
import { camera, encodeH265, kafka, memory, publish, retry, skipRate, subscribe, toMessage } from 'rxcam';

const { CAMERA = 'test:', KAFKA, PYTHON = 'python3' } = process.env;
const broker = KAFKA === undefined ? memory() : kafka({ brokers: KAFKA.split(',') });
const python = spawn(PYTHON, ['consumer.py'], { stdio: ['pipe', 'inherit', 'inherit'] });

if (KAFKA === undefined) {
  subscribe(broker, { topic: 'video' }).subscribe(({ headers, value }) => {
    python.stdin.write(`${JSON.stringify({ headers, value: value.toString('base64') })}\n`);
  });
}

const running = camera(CAMERA, { key: 'gate' }).pipe(
  skipRate({ fps: 5 }),
  encodeH265(),
  toMessage(),
  publish(broker, { topic: 'video' }),
  retry(),
).subscribe();

python.stdin.on('error', () => undefined);
python.once('exit', () => running.unsubscribe());
process.once('SIGINT', async () => {
  running.unsubscribe();
  await broker.close();
  python.stdin.end();
  if (KAFKA !== undefined) python.kill();
});
