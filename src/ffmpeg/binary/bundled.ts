/**
 * Gives CommonJS packages in an ESM bundle the `require` that they load Node's own modules with. Imported before the first of
 * them, only for this effect; outside a bundle it does nothing.
 */
import { createRequire } from 'node:module';

const isBundled = !/\/bundled\.[jt]s(?:$|[?#])/.test(import.meta.url);
const global = globalThis as { require?: NodeJS.Require };
if (isBundled) global.require ??= createRequire(import.meta.url);
