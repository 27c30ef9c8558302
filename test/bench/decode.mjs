/** `npm run bench decode`: runs decode.ts with the loader for TypeScript. */
import '../services/typescript.mjs';

await import(new URL('decode.ts', import.meta.url).href);
