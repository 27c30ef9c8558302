/** Reading the embedded broker up to a time. */
import { lastValueFrom, toArray } from 'rxjs';
import { afterEach, expect, it, vi } from 'vitest';
import { memory, subscribe } from '../../../src/index.js';

afterEach(() => { vi.restoreAllMocks(); });

it('ends behind its time, also where the wall clock is set back meanwhile', async () => {
  const real = Date.now;
  let slow = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => real() - slow);
  const to = new Date(Date.now() + 5);
  const ended = lastValueFrom(subscribe(memory(), { topic: 'video', from: 'earliest', to }).pipe(toArray()));
  slow = 30;
  expect(await ended).toEqual([]);
});
