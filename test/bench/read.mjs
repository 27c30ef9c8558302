/** `npm run bench read`: runs read.ts with the loader for TypeScript. */
import '../services/typescript.mjs';

await import(new URL('read.ts', import.meta.url).href);
