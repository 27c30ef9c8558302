/** The version of rxcam. */
import { createRequire } from 'node:module';

/** As package.json states it. */
export function version(): string {
  return (createRequire(import.meta.url)('rxcam/package.json') as { version: string }).version;
}
