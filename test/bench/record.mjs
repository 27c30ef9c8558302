/** `npm run bench record`: runs record.ts with the loader for TypeScript. */
import '../services/typescript.mjs';

await import(new URL('record.ts', import.meta.url).href);
