/** The network cable of one worker: a proxy in a separate process, so that the benchmark's own work does not delay it. Argument: the port of Kafka. */
import '../../services/typescript.mjs';

const { startTcpProxy } = await import(new URL('../../services/proxy.ts', import.meta.url).href);
const proxy = await startTcpProxy({ port: Number(process.argv[2]) });
process.on('message', (word) => {
  if (word === 'pull') proxy.pause();
  else proxy.resume();
});
process.on('disconnect', () => { process.exit(); });
process.send({ port: proxy.port });
