/** Derives a camera's name and ffmpeg's own timeout from its address and options. */
import { SOURCE } from '../core/defaults/defaults.js';
import type { LivenessLimits } from './run/index.js';

/** ffmpeg's own timeout, in ms. It is longer than those of rxcam, whose errors state the reason, and ends an ffmpeg whose Node process has died. */
export function readTimeoutMs({ connectTimeoutMs, firstFrameTimeoutMs, readWindowMs, maxReadFailures }: LivenessLimits): number {
  return Math.max(connectTimeoutMs, firstFrameTimeoutMs, readWindowMs * maxReadFailures) + SOURCE.readTimeoutMarginMs;
}

/** An address as a name: without scheme, credentials, query and special characters. */
export function keyOf(address: string): string {
  const name = address.replace(/^[a-z]+:(\/\/)?/i, '').replace(/^[^/@]*@/, '').replace(/[?#].*$/, '');
  return name.replace(/[^\w.-]+/g, '_').replace(/^_+|_+$/g, '') || address.replace(/\W.*$/, '') || 'camera';
}
