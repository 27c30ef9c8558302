/** The order of requests, and the answer that counts. */
import { expect, it } from 'vitest';
import { hedgedRequest } from '../../../src/broker/kafka/client/hedged-request.js';

const never = () => new Promise<string>(() => { /* It hangs. */ });
const fails = (why: string) => () => Promise.reject(new Error(why));
const PATIENT_MS = 60_000;

it('asks one alone while that one answers', async () => {
  let others = 0;
  expect(await hedgedRequest([() => Promise.resolve('a'), () => { others++; return never(); }], 1)).toBe('a');
  await new Promise((resolve) => { setTimeout(resolve, 10); });
  expect(others).toBe(0);
});

it('asks the next at once where one fails, and after its time where one hangs', async () => {
  expect(await hedgedRequest([fails('x'), () => Promise.resolve('b')], PATIENT_MS)).toBe('b');
  expect(await hedgedRequest([never, fails('y'), () => Promise.resolve('c')], 1)).toBe('c');
});

it('takes the answer of a slow one after all when the others fail', async () => {
  const slow = () => new Promise<string>((resolve) => { setTimeout(() => { resolve('slow'); }, 30); });
  expect(await hedgedRequest([slow, fails('x')], 1)).toBe('slow');
});

it('fails when all have failed, or there is no broker', async () => {
  await expect(hedgedRequest([fails('x'), fails('y')], 1)).rejects.toThrow('y');
  await expect(hedgedRequest([], 1)).rejects.toThrow('no broker to ask');
});
