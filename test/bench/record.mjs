/** `npm run bench record`: runs record.ts, which is TypeScript like the services that it starts. */
import '../services/typescript.mjs';

await import(new URL('record.ts', import.meta.url).href);
