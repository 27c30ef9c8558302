/** Digests of settings: a new configuration affects only cameras and brokers whose digest has changed. */
import { createHash } from 'node:crypto';
import type { BrokerSettings } from '../brokers.js';
import type { CameraSettings } from '../pipeline.js';

/** Digest of a broker's settings. */
export function brokerDigest({ kind, address, options }: BrokerSettings): string {
  return digestOf([kind, address ?? null, options]);
}

/** Digest of all settings of a camera except its brokers. */
export function cameraDigest({ source, options, pipeline }: CameraSettings): string {
  return digestOf([source, options, pipeline]);
}

/** The order of keys does not matter. */
function digestOf(value: unknown): string {
  const canonical = JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'object' && inner !== null && !Array.isArray(inner)
    ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
    : inner));
  return createHash('sha256').update(canonical).digest('base64');
}
