/** The order of requests, and the answer that counts. */
import { expect, it } from 'vitest';
import { hedged } from '../../../src/broker/kafka/client/hedged.js';

const never = () => new Promise<string>(() => { /* It hangs. */ });
const fails = (why: string) => () => Promise.reject(new Error(why));
const PATIENT_MS = 60_000;

it('asks one alone while that one answers', async () => {
  let others = 0;
  expect(await hedged([() => Promise.resolve('a'), () => { others++; return never(); }], 1)).toBe('a');
  await new Promise((resolve) => { setTimeout(resolve, 10); });
  expect(others).toBe(0);
});

it('asks the next at once where one fails, and after its time where one hangs', async () => {
  expect(await hedged([fails('x'), () => Promise.resolve('b')], PATIENT_MS)).toBe('b');
  expect(await hedged([never, fails('y'), () => Promise.resolve('c')], 1)).toBe('c');
});

it('takes the answer of a slow one after all when the others fail', async () => {
  const slow = () => new Promise<string>((resolve) => { setTimeout(() => { resolve('slow'); }, 30); });
  expect(await hedged([slow, fails('x')], 1)).toBe('slow');
});

it('fails when all have failed, or there is no broker', async () => {
  await expect(hedged([fails('x'), fails('y')], 1)).rejects.toThrow('y');
  await expect(hedged([], 1)).rejects.toThrow('no broker to ask');
});
