/** fakeCoordinator: a worker whose group is played from a diagram. */
import { NEVER, Observable, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fakeCoordinator, marbles } from './kit/index.js';
import type { Fence } from '../src/core/frame/fence.js';
import { fleet } from '../src/fleet/index.js';

const cameras = new Map([['gate', {}], ['yard', {}], ['roof', {}], ['hall', {}]]);

describe('fakeCoordinator', () => {
  it('assigns and removes slots as in its diagram, and keeps the claims and rows that it received', () => {
    const lives: string[] = [];
    const fences: Fence[] = [];
    const states: string[] = [];
    marbles(() => {
      const coordinator = fakeCoordinator({ rounds: 'a 9999ms d 9999ms u 4999ms b', slots: { a: [0, 1, 2, 3], b: [] }, cameras });
      const worker = fleet({
        coordinator, worker: 'w', run: (_, { key, fence, stop$ }) => new Observable<never>((subscriber) => {
          lives.push(`${key} starts`);
          fences.push(fence);
          subscriber.add(stop$.subscribe(() => { subscriber.complete(); }));
          return () => { lives.push(`${key} ends`); };
        }),
      }).subscribe();
      for (const at of [5_000, 17_000, 23_000]) timer(at).subscribe(() => { states.push(fences[0]?.state ?? ''); });
      timer(30_000).subscribe(() => {
        worker.unsubscribe();
        expect(coordinator.claims.map(({ slots }) => slots.length)).toEqual([4, 4]);
        expect(coordinator.written.reports.length).toBeGreaterThan(4);
      });
      return NEVER;
    });
    expect(states).toEqual(['open', 'held', 'open']);
    expect(lives.filter((one) => one.endsWith('starts'))).toHaveLength(4);
    expect(lives.filter((one) => one.endsWith('ends'))).toHaveLength(4);
    expect(fences.every(({ state }) => state === 'fenced')).toBe(true);
  });

  it('knows its letters', () => {
    expect(() => fakeCoordinator({ rounds: 'z', slots: { a: [] } })).toThrow("fakeCoordinator: 'z' in 'z' given; allowed: d u x a");
    expect(() => fakeCoordinator({ rounds: 'a', slots: {}, count: 0 })).toThrow("option 'count': 0 given");
  });
});
