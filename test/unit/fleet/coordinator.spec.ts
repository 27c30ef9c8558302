/** coordinator(): the handle of a fleet's coordinator. */
import { EMPTY, NEVER } from 'rxjs';
import { expect, it } from 'vitest';
import type { Coordination } from '../../../src/core/engine/coordination.js';
import { coordinator } from '../../../src/fleet/index.js';
import { type Driver, createBroker } from '../../../src/index.js';

it('ends its connections at the end of the block that uses it', async () => {
  let closed = 0;
  const coordination: Coordination = { join: () => NEVER, claim: () => EMPTY, rows: () => NEVER, write: () => EMPTY, close: () => { closed += 1; } };
  const driver: Driver = { kind: 'own', address: 'own:', send: () => EMPTY, reset: () => undefined, close: () => EMPTY, coordination: () => coordination };
  {
    await using joined = coordinator(createBroker(driver), { name: 'gates' });
    expect([joined.name, closed]).toEqual(['gates', 0]);
  }
  expect(closed).toBe(1);
});
