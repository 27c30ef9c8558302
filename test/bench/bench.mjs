/** `npm run bench [NAME] [arguments]`: runs a benchmark; without a known name, lists all names. */
import { readdirSync } from 'node:fs';

const here = new URL('.', import.meta.url);
const names = readdirSync(here).map((file) => /^(?!bench\.|cpu\.|footage\.|plot\.|child-command\.|.*-worker\.)(.*)\.mjs$/.exec(file)?.[1]).filter(Boolean);
const [name] = process.argv.splice(2, 1);

if (names.includes(name)) {
  await import(new URL(`${name}.mjs`, here).href);
} else {
  console.error(`expected one of ${names.join(', ')}${name === undefined ? '' : `, ${name} given`}`);
  process.exitCode = 2;
}
