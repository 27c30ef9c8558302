/** `npm run bench seek`: runs seek.ts, which is TypeScript like the services that it starts. */
import '../services/typescript.mjs';

await import(new URL('seek.ts', import.meta.url).href);
