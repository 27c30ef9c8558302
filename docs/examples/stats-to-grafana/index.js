/** Serves the metrics of cameras and brokers as a page that Prometheus scrapes, and that Grafana shows. */
import { createServer } from 'node:http';
import { camera, encodeH265, memory, publish, resize, retry, skipRate, toMessage } from 'rxcam';
import { metrics } from 'rxcam/metrics';
import { finalize, interval, merge } from 'rxjs';

const { PORT = '9464', HOST = '127.0.0.1' } = process.env;
const given = process.argv.slice(2);
const addresses = given.length > 0 ? given : ['test:', 'test:?size=320x180&fps=10', 'test:?noise=20'];
const broker = memory();
const gates = addresses.map((address, index) => camera(address, { key: `camera-${index + 1}` }));

const page = metrics(gates, [broker]);
const server = createServer(page.handler).listen(Number(PORT), HOST, () => {
  console.log(`for Prometheus: http://${HOST}:${server.address().port}/metrics`);
});

const running = merge(...gates.map((gate) => gate.pipe(
  skipRate({ fps: 2 }),
  resize({ width: 320 }),
  encodeH265(),
  toMessage(),
  publish(broker, { topic: 'video' }),
  retry(),
))).pipe(finalize(() => { server.close(); void broker.close(); })).subscribe();

// Prometheus computes the pictures published in between from two scrapes.
running.add(interval(2_000).subscribe(() => {
  const published = page.text().match(/^rxcam_frames_total\{.*account="published".*$/gm) ?? [];
  console.log(published.map((line) => line.replace(/^.*camera="([^"]*)".* /, '$1: ')).join(', '));
}));

process.once('SIGINT', () => { running.unsubscribe(); });
