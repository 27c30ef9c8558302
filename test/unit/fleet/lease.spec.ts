/** A lease, in virtual time and with clocks that jump. */
import { asyncScheduler } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { instant } from '../../../src/core/clock.js';
import { Lease } from '../../../src/fleet/index.js';

/** Both clocks, set by hand. */
function clocks() {
  const now = { wall: 1_000_000, mono: 5_000 };
  vi.spyOn(asyncScheduler, 'now').mockImplementation(() => now.wall);
  vi.spyOn(Date, 'now').mockImplementation(() => now.wall);
  vi.spyOn(performance, 'now').mockImplementation(() => now.mono);
  return now;
}

afterEach(() => { vi.restoreAllMocks(); });

describe('a lease', () => {
  it('does not hold before anything was confirmed', () => {
    expect(new Lease(5_500).holds).toBe(false);
  });

  it('counts from when the request was sent, not from its answer', () => {
    const now = clocks();
    const lease = new Lease(5_500);
    const sent = instant();
    now.wall += 2_000;
    now.mono += 2_000;
    lease.confirm(sent);
    expect(lease.leftMs).toBe(3_500);
  });

  it('is over when either clock reports it', () => {
    const now = clocks();
    const lease = new Lease(5_500);
    lease.confirm(instant());
    now.wall += 5_499;
    expect(lease.holds).toBe(true);
    now.wall += 1;
    expect(lease.holds).toBe(false);
    now.wall -= 5_500;
    expect(lease.holds).toBe(true);
    now.mono += 5_500;
    expect(lease.holds).toBe(false);
  });

  it('is over when the wall clock was set back, until the next request', () => {
    const now = clocks();
    const lease = new Lease(5_500);
    lease.confirm(instant());
    now.wall -= 1;
    now.mono += 100;
    expect(lease.holds).toBe(false);
    lease.confirm(instant());
    expect(lease.leftMs).toBe(5_500);
  });

  it('is not made older by the late answer to an earlier request', () => {
    const now = clocks();
    const lease = new Lease(5_500);
    const early = instant();
    now.wall += 1_000;
    now.mono += 1_000;
    lease.confirm(instant());
    lease.confirm(early);
    expect(lease.leftMs).toBe(5_500);
  });

  it('counts that it has ended, even if it was not checked meanwhile', () => {
    const now = clocks();
    const lease = new Lease(5_500);
    lease.confirm(instant());
    now.wall += 20_000;
    now.mono += 20_000;
    lease.confirm(instant());
    expect(lease.holds).toBe(true);
    expect(lease.lapses).toBe(1);
    lease.confirm(instant());
    expect(lease.lapses).toBe(1);
  });

  it('ends at once when the worker is no longer a member', () => {
    const lease = new Lease(5_500);
    lease.confirm(instant());
    lease.end();
    expect(lease.holds).toBe(false);
  });
});
