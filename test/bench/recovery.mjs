/** `npm run bench recovery [-- --runs N]`: runs recovery.ts with the loader for TypeScript. */
import '../services/typescript.mjs';

await import(new URL('recovery.ts', import.meta.url).href);
