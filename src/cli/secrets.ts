/** What must not be shown of a command. */
import { secretsOf } from '../redact.js';

/** Passwords of brokers, for those who do not want them in an address. */
export const PASSWORDS = { kafka: 'RXCAM_KAFKA_PASSWORD', redis: 'RXCAM_REDIS_PASSWORD' } as const;

/** Secrets in the words of a command and in the environment, in every form in which they could turn up. */
export function secretsOfCommand(words: readonly string[], env: NodeJS.ProcessEnv): string[] {
  const inWords = words.flatMap((word) => secretsOf(word.replace(/^--[\w-]+=/, '')));
  const passwords = Object.values(PASSWORDS).flatMap((name) => env[name] ?? []);
  const inEnvironment = passwords.flatMap((password) => secretsOf(`x://:${encodeURIComponent(password)}@x`));
  return [...new Set([...inWords, ...inEnvironment])];
}
