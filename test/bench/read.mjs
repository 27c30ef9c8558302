/** `npm run bench read`: runs read.ts, which is TypeScript like the services that it starts. */
import '../services/typescript.mjs';

await import(new URL('read.ts', import.meta.url).href);
