/** `npm run bench broker`: starts Redis and Kafka by the tests' services, which are TypeScript, and runs broker/run.ts. */
import '../services/typescript.mjs';

await import(new URL('broker/run.ts', import.meta.url).href);
