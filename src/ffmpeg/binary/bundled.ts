/**
 * In an ESM bundle, defines the global `require` with which CommonJS packages load Node's own modules. Imported for this effect,
 * before the first such package; outside a bundle it does nothing.
 */
import { createRequire } from 'node:module';

const isBundled = !/\/bundled\.[jt]s(?:$|[?#])/.test(import.meta.url);
const global = globalThis as { require?: NodeJS.Require };
if (isBundled) global.require ??= createRequire(import.meta.url);
