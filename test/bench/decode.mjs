/** `npm run bench decode`: runs decode.ts, which is TypeScript like the services that it starts. */
import '../services/typescript.mjs';

await import(new URL('decode.ts', import.meta.url).href);
