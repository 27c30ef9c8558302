/** `npm run bench slow`: runs slow.ts with the loader for TypeScript. */
import '../services/typescript.mjs';

await import(new URL('slow.ts', import.meta.url).href);
