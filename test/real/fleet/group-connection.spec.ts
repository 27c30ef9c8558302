/** The connection to the coordinator of a group: requests of the same time share it, and nothing of it is left when it is closed. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { kafkajsWires } from '../../../src/broker/kafka/client/kafkajs-internals.js';
import { GroupConnection } from '../../../src/broker/kafka/coordination/group-connection.js';
import { KAFKA_SCHEMA } from '../../../src/broker/kafka/options.js';
import { parseOptions } from '../../../src/core/options.js';
import { sharedKafka } from '../../services/index.js';

const BEAT = { groupId: 'nobody.workers', groupGenerationId: 1, memberId: 'nobody' };
const UNKNOWN_MEMBER_ID = 25;

const sockets = () => process.getActiveResourcesInfo().filter((one) => one === 'TCPSocketWrap').length;

let before = 0;
let connection: GroupConnection;
const beat = () => connection.ask('Heartbeat', BEAT, 10_000);

beforeEach(async () => {
  const { host, port } = await sharedKafka();
  const brokers = [`${host}:${port}`];
  before = sockets();
  const hooks = { newWire: await kafkajsWires(), log: () => undefined, paused: () => undefined };
  connection = new GroupConnection(BEAT.groupId, parseOptions('kafka', KAFKA_SCHEMA, { brokers }), hooks, () => Promise.resolve(brokers));
  // A new cluster has no coordinator until the topic of offsets is there.
  await vi.waitFor(beat, { timeout: 60_000, interval: 200 });
  connection.drop();
  await expect.poll(sockets, { timeout: 10_000 }).toBeLessThanOrEqual(before);
});
afterEach(async () => {
  connection.destroy();
  await expect.poll(sockets, { timeout: 10_000 }).toBeLessThanOrEqual(before);
});

describe('the connection to the coordinator of a group', () => {
  it('is one for requests of the same time: a second one would keep the process alive', async () => {
    const answers = await Promise.all([beat(), beat(), beat()]);
    expect(answers.map(({ errorCode }) => errorCode)).toEqual([UNKNOWN_MEMBER_ID, UNKNOWN_MEMBER_ID, UNKNOWN_MEMBER_ID]);
    await expect.poll(sockets, { timeout: 10_000 }).toBeLessThanOrEqual(before + 1);
  });

  it.each(['destroy', 'drop'] as const)('opens nothing for a request whose coordinator is found after %s', async (end) => {
    const asked = beat();
    connection[end]();
    await expect(asked).rejects.toThrow('closed');
  });

  it('is another one after drop, and none after destroy', async () => {
    await beat();
    connection.drop();
    await expect(beat()).resolves.toMatchObject({ errorCode: UNKNOWN_MEMBER_ID });
    connection.destroy();
    await expect(beat()).rejects.toThrow('the connection is closed');
  });
});
