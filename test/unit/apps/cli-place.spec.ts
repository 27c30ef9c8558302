/** The broker of a fleet: options of flags reach the brokers of their kind. */
import { once } from 'node:events';
import { type AddressInfo, type Socket, createServer } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { parseArguments } from '../../../src/apps/cli/arguments/index.js';
import { openFleet } from '../../../src/apps/cli/fleet/open-fleet.js';

type Command = Parameters<typeof openFleet>[0];

const ends: (() => unknown)[] = [];
afterEach(async () => { for (const end of ends.splice(0)) await end(); });

function opened(...words: string[]) {
  const command = parseArguments([...words, '--log-level', 'silent'], { out: () => undefined, error: (text) => { throw new Error(text); } });
  const fleet = openFleet(command as Command, { RXCAM_KAFKA_PASSWORD: 's3cr3t' }, []);
  ends.push(fleet.close);
  return fleet;
}

it.each([['a TLS hello', ['--ssl'], 0x16], ['a request', [], 0x00]])('begins a connection to Kafka with %s', async (_, words, first) => {
  const server = createServer().listen(0, '127.0.0.1');
  ends.push(() => server.close());
  await once(server, 'listening');
  const { coordinator } = opened('fleet', 'list', '--to', `kafka://cameras@127.0.0.1:${(server.address() as AddressInfo).port}`, ...words);
  const rows = coordinator.rows('cameras').subscribe({ error: () => undefined });
  const [socket] = await once(server, 'connection') as [Socket];
  const [data] = await once(socket, 'data') as [Buffer];
  expect(data[0]).toBe(first);
  rows.unsubscribe();
  socket.destroy();
});

it('refuses flags of a kind of broker that is not there', () => {
  expect(() => opened('worker', '--to', 'redis://127.0.0.1:1', '--ssl')).toThrow("kafka: option 'ssl' given for a broker of another kind, expected --to kafka:");
  expect(() => opened('worker', '--to', 'redis://127.0.0.1:1', '--broker', 'lab=kafka://127.0.0.1:1', '--ssl')).not.toThrow();
  expect(() => opened('worker', '--to', 'redis://127.0.0.1:1', '--broker', 'lab=kafk://127.0.0.1:1')).toThrow("worker: option 'broker'");
});
