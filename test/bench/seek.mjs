/** `npm run bench seek`: runs seek.ts with the loader for TypeScript. */
import '../services/typescript.mjs';

await import(new URL('seek.ts', import.meta.url).href);
