/** Skips tests whose services are in RXCAM_TEST_SKIP, so that the report shows them as skipped. */
import { describe } from 'vitest';
import { type SERVICES, skipped } from './cache.mjs';

export type Service = (typeof SERVICES)[number];

const without = skipped();

/** Whether a service may be used. */
export function has(service: Service): boolean {
  return !without.has(service);
}

/**
 * `describe` for tests that need services: `needs('kafka', 'ffmpeg')('publish', () => { … })`. If one of them is left
 * out, the tests are reported as skipped. Start services in `beforeAll`, which then does not run.
 */
export function needs(...services: Service[]): typeof describe | typeof describe.skip {
  return services.every(has) ? describe : describe.skip;
}
