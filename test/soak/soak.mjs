/** `npm run soak -- --minutes N`: runs soak.ts, which is TypeScript like the services that it starts. */
import '../services/typescript.mjs';

await import(new URL('soak.ts', import.meta.url).href);
