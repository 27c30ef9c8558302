/** Tests hours of faults within milliseconds: each column of a diagram is a millisecond of virtual time. */
import { test } from 'node:test';
import { memory } from 'rxcam';
import { expectLedger, expectParts, fakeCamera, marbles } from 'rxcam/testing';
import { pipeline } from './pipeline.js';

const published = { a: { inputOrder: 1 }, b: { inputOrder: 2 }, c: { inputOrder: 3 } };

test('publishes every fifth picture', () => {
  marbles(() => {
    const gate = fakeCamera('ffffffffff|', { live: false });
    const expected = '       a----b----|';
    expectParts(pipeline(gate, memory()), expected, published);
  });
});

test('reconnects to a camera that was away', () => {
  marbles(() => {
    const gate = fakeCamera(['fffffR', 'R', 'fffff|'], { live: false });
    const expected = '        a----- 999ms - 1999ms b----|';
    expectParts(pipeline(gate, memory()), expected, published);
  });
});

test('accounts for every picture', () => {
  marbles(() => {
    const gate = fakeCamera('fffffffffff|', { live: false });
    pipeline(gate, memory()).subscribe({ complete: () => expectLedger(gate) });
  });
});
