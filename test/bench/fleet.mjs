/** `npm run bench fleet [-- --cameras N --workers N --rate N --only NAME,…]`: runs fleet/run.ts with the loader for TypeScript. */
import '../services/typescript.mjs';

await import(new URL('fleet/run.ts', import.meta.url).href);
