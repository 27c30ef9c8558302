/** `npm run bench slow`: runs slow.ts, which is TypeScript like the services that it starts. */
import '../services/typescript.mjs';

await import(new URL('slow.ts', import.meta.url).href);
