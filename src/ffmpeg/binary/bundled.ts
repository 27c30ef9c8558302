/**
 * In a bundle of everything, packages in CommonJS ask for Node's own modules by `require`, which a file of ESM has only where it is
 * given one. Imported for that alone, before the first of them; outside of a bundle it does nothing.
 */
import { createRequire } from 'node:module';

const isBundled = !/\/bundled\.[jt]s(?:$|[?#])/.test(import.meta.url);
const global = globalThis as { require?: NodeJS.Require };
if (isBundled) global.require ??= createRequire(import.meta.url);
