/** `npm run soak -- [fleet] --minutes N`: runs soak.ts, or fleet/soak.ts, with the loader for TypeScript. */
import '../services/typescript.mjs';

const isFleet = process.argv[2] === 'fleet';
if (isFleet) process.argv.splice(2, 1);
await import(new URL(isFleet ? 'fleet/soak.ts' : 'soak.ts', import.meta.url).href);
