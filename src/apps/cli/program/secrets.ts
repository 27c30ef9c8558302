/** Secrets of a command. */
import { isSecretOption, redact, redactUrl, secretsOf, wellFormed } from '../../../core/redact/redact.js';

/** Variables for passwords of brokers, in place of an address that contains them, and for the token of a dashboard. */
const PASSWORD = /^RXCAM_[A-Z0-9]+_(?:PASSWORD|TOKEN)$/;

/** A flag with its value in one word. */
const FLAG = /^(--?[\w-]+=)(.*)$/s;

/** Secrets in the words of a command and in the environment, in every form in which they could appear. */
export function secretsOfCommand(words: readonly string[], env: NodeJS.ProcessEnv): string[] {
  const inWords = words.flatMap((word) => secretsOf(word.replace(FLAG, '$2')));
  const values = words.flatMap((word, index) => (isSecretValue(words, index) ? word.replace(FLAG, '$2') : []));
  const passwords = [...values, ...Object.entries(env).flatMap(([name, value = '']) => (PASSWORD.test(name) ? [value] : []))];
  const formsOf = (password: string) => secretsOf(`x://:${encodeURIComponent(wellFormed(password))}@x`);
  return [...new Set([...inWords, ...passwords, ...passwords.flatMap(formsOf)])].filter((secret) => secret !== '');
}

/** The words without secrets, for the list of processes. */
export function shownWords(words: readonly string[]): string[] {
  return words.map((word, index) => {
    const [, flag = '', value = word] = FLAG.exec(word) ?? [];
    return isSecretValue(words, index) ? `${flag}***` : flag + redact(redactUrl(value));
  });
}

/** Whether a word is the value of a mistyped flag for a password, which does not exist: `--sasl-password=x`, `--redis-password x`. */
function isSecretValue(words: readonly string[], index: number): boolean {
  const word = words[index] ?? '';
  const flag = FLAG.exec(word)?.[1];
  if (flag !== undefined) return isPassword(flag);
  const before = words[index - 1] ?? '';
  return before.startsWith('-') && !before.includes('=') && !word.startsWith('-') && isPassword(before);
}

function isPassword(flag: string): boolean {
  return isSecretOption(flag) && !/(?:mechanism|username|user)=?$/.test(flag);
}
