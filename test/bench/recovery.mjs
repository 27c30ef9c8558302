/** `node test/bench/recovery.mjs [--runs N]`: runs recovery.ts, which is TypeScript like the services that it starts. */
import '../services/typescript.mjs';

await import(new URL('recovery.ts', import.meta.url).href);
