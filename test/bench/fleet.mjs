/** `npm run bench fleet [-- --cameras N --workers N --rate N --only NAME,…]`: runs fleet/run.ts, which is TypeScript like the services that it starts. */
import '../services/typescript.mjs';

await import(new URL('fleet/run.ts', import.meta.url).href);
