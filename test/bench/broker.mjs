/** `npm run bench broker`: runs broker/run.ts with the loader for TypeScript. */
import '../services/typescript.mjs';

await import(new URL('broker/run.ts', import.meta.url).href);
