/** The conformance suite of `rxcam/testing` for each kind of broker, and what the ledger says of messages that are not sent. */
import { randomBytes } from 'node:crypto';
import { from } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { brokerConformance } from '../../../marbles/kit/index.js';
import { publish } from '../../../operators/publish.js';
import { BROKERS, BROKER_NAMES } from '../../../src/broker/index.js';
import { needs } from '../../services/index.js';
import { FakeRun } from '../../unit/broker/outbox-fakes.js';
import { all, closeAll, isUnavailable, made, opened } from './broker-messages.js';
import { SUBJECTS, type Subject, kafkaSubject } from './subjects/index.js';

/** One of them waits until requests to a broker that hangs have timed out. */
const PATIENCE_MS = 180_000;

afterEach(closeAll);

function conforms(subject: Subject): void {
  beforeAll(() => subject.start());
  afterAll(() => subject.stop());

  for (const { name, run } of brokerConformance(subject)) it(name, run, PATIENCE_MS);

  it('counts a message that is too large as dropped, and no other', async () => {
    const handle = opened(subject.broker({ maxMessageBytes: 100_000 }));
    const run = new FakeRun();
    const messages = made(10).map((one, index) => run.message({ ...one, ...(index === 4 && { value: randomBytes(100_001) }) }));
    expect(await all(from(messages).pipe(publish(handle, { topic: 'large' })))).toHaveLength(9);
    expect(run.ledger.dropped['too-large']).toBe(1);
  });

  if (subject.unreachable === undefined) return;

  it('counts what it could not send as dropped, and says which host it is', async () => {
    const handle = opened(await subject.unreachable?.('secret') ?? subject.broker());
    const run = new FakeRun();
    const acks = all(from(made(3).map((one) => run.message(one))).pipe(publish(handle, { topic: 't' })));
    const { error } = await isUnavailable(handle);
    await handle.close({ deadlineMs: 0 });
    expect(await acks).toEqual([]);
    expect(run.ledger.dropped.closed).toBe(3);
    expect(error?.message).toContain('127.0.0.1');
  });
}

describe.each(BROKER_NAMES)('%s', (name) => {
  const described = BROKERS[name].hosts === 'none' ? describe : needs(name as Parameters<typeof needs>[number]);
  described('conforms', () => { conforms(SUBJECTS[name]()); });
});

needs('kafka')('kafka by @platformatic/kafka', () => {
  conforms(kafkaSubject({ driver: 'platformatic' }));
});
