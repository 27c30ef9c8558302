/** The version of rxcam, as package.json states it. */
import { createRequire } from 'node:module';
export function version(): string {
  return (createRequire(import.meta.url)('rxcam/package.json') as { version: string }).version;
}
