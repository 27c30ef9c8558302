/** createBroker: refuses an object that is not a driver; a driver's errors neither stop the queue nor show its credentials. */
import { inspect } from 'node:util';
import { EMPTY, type Observable, firstValueFrom, from, lastValueFrom, map, of, take, throwError, timer, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { publish } from '../../../operators/publish.js';
import { type Broker, type Driver, type Outgoing, type SendOutcome, createBroker } from '../../../src/broker/index.js';
import { BrokerUnauthorized, BrokerUnavailable, InvalidOption, MessageTooLarge } from '../../../src/core/errors/errors.js';
import { message } from './outbox-fakes.js';

class Simple implements Driver {
  readonly kind = 'simple';
  readonly address: string = 'simple://me:se/cret@host/x';
  readonly written: Outgoing[] = [];
  calls = 0;

  send(batch: readonly Outgoing[]): Observable<readonly SendOutcome[]> {
    this.calls++;
    this.written.push(...batch);
    return of(batch.map((): SendOutcome => ({ ok: true })));
  }

  reset(): void { /* There is no connection. */ }
  close(): Observable<never> { return EMPTY; }
}

const send = (driver: Driver, count: number, options = {}) => {
  const broker = createBroker(driver, { lingerMs: 0, retryInitialMs: 1, retryMaxMs: 1, ...options });
  const messages = Array.from({ length: count }, (_, index) => message(index + 1));
  return { broker, acks: lastValueFrom(from(messages).pipe(publish(broker, { topic: 't' }), toArray())) };
};

describe('createBroker', () => {
  it.each<[unknown, RegExp]>([
    [undefined, /option 'driver': undefined given, expected an object with kind, address, send, reset, close/],
    ['kafka', /option 'driver': kafka given/],
    [{ kind: 'x', address: 'x:' }, /option 'driver\.send': undefined given, expected a function/],
    [Object.assign(new Simple(), { address: '' }), /option 'driver\.address': an empty string given, expected a string/],
  ])('refuses %j, and says what a driver is', (driver, says) => {
    expect(() => createBroker(driver as Driver)).toThrow(InvalidOption);
    expect(() => createBroker(driver as Driver)).toThrow(says);
  });

  it('sends messages in order, and closes', async () => {
    const driver = new Simple();
    const { broker, acks } = send(driver, 5);
    expect((await acks).map(({ inputOrder }) => inputOrder)).toEqual([1, 2, 3, 4, 5]);
    expect(driver.written.map(({ message: { inputOrder } }) => inputOrder)).toEqual([1, 2, 3, 4, 5]);
    expect(await broker.close()).toEqual({ unsent: 0, unsentBytes: 0, byTopic: {} });
  });

  it('is closed at the end of the block that uses it', async () => {
    let outside: Broker;
    {
      await using broker = createBroker(new Simple(), { lingerMs: 0 });
      outside = broker;

      expect(broker.state.status).toBe('idle');
    }
    expect(outside.state.status).toBe('closed');
  });

  it('shows no login of a driver that names it in its address', async () => {
    class Failing extends Simple {
      override send(): Observable<never> { throw new Error('no way to simple://me:se/cret@host/x'); }
    }
    const { broker, acks } = send(new Failing(), 1);
    const error = await firstValueFrom(broker.errors$.pipe(take(1)));
    expect(error.code).toBe('BROKER_UNAVAILABLE');
    await broker.close({ deadlineMs: 0 });
    expect(await acks).toEqual([]);
    expect([broker.address, error.message, error.stack, JSON.stringify(error)].join('\n')).not.toMatch(/cret/);
    expect(broker.address).toBe('simple://***@host/x');
  });

  it.each<[string, object]>([
    ['an error', { send: () => throwError(() => new Error('me may not log in with se/cret')) }],
    ['an error with a cause', { send: () => throwError(() => new Error('no', { cause: new Error('with se/cret') })) }],
    ['a failure of rxcam', { send: () => throwError(() => new BrokerUnavailable('no login with se%2Fcret', { cause: 'se/cret' })) }],
    ['an outcome', { send: (batch: readonly Outgoing[]) => of(batch.map(() => ({ ok: false, error: new BrokerUnavailable('se/cret is wrong') }))) }],
    ['a message that is too large', { refuses: () => new MessageTooLarge('too large for me:se/cret') }],
    ['a warning', { warnings$: timer(1).pipe(map(() => new BrokerUnauthorized('me with se/cret may not create topics'))) }],
  ])('shows no password of its address in %s', async (_, faults) => {
    const broker = createBroker(Object.assign(new Simple(), faults), { lingerMs: 0, retryInitialMs: 1, retryMaxMs: 1 });
    const reported = firstValueFrom(broker.errors$);
    const acks = lastValueFrom(from([message(1)]).pipe(publish(broker, { topic: 't' }), toArray()));
    const error = await reported;
    const state = broker.state;
    await broker.close({ deadlineMs: 0 });
    await acks;
    const shown = inspect([error, state, broker.address], { depth: 10, showHidden: true });
    expect(shown).toContain('***');
    expect(shown).not.toMatch(/se(?:\/|%2F)cret/);
  });

  it('shows no password in the description of a topic name', async () => {
    const broker = createBroker(Object.assign(new Simple(), { topicProblem: () => 'expected one that me:se/cret may write' }));
    expect(() => publish(broker, { topic: 't' })).toThrow(/expected one that me:\*\*\* may write/);
    await broker.close();
  });

  it.each<[string, (driver: Simple, batch: readonly Outgoing[]) => unknown]>([
    ['throws', () => { throw new Error('a bug'); }],
    ['returns nothing', () => undefined],
    ['emits nothing', () => EMPTY],
    ['emits fewer outcomes than messages', () => of([])],
  ])('sends again what a driver did not write that %s', async (_, fault) => {
    class Once extends Simple {
      override send(batch: readonly Outgoing[]): Observable<readonly SendOutcome[]> {
        return this.calls++ === 0 ? fault(this, batch) as Observable<readonly SendOutcome[]> : super.send(batch);
      }
    }
    const driver = new Once();
    const { broker, acks } = send(driver, 3);
    expect((await acks).map(({ inputOrder }) => inputOrder)).toEqual([1, 2, 3]);
    await broker.close();
  });

  it('takes the promise of a driver that makes one', async () => {
    class Async extends Simple {
      override send(batch: readonly Outgoing[]): Observable<readonly SendOutcome[]> {
        return Promise.resolve(batch.map(() => ({ ok: true }))) as unknown as Observable<readonly SendOutcome[]>;
      }
    }
    const { broker, acks } = send(new Async(), 3);
    expect(await acks).toHaveLength(3);
    await broker.close();
  });
});
