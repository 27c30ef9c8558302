/** The secrets in the arguments and the environment of a command. */
import { isSecretOption, redact, redactUrl, secretsOf, wellFormed } from '../../../core/redact/redact.js';

/** Environment variables for passwords of brokers, and for the token of a dashboard. */
const SECRET_VARIABLE = /^RXCAM_[A-Z0-9]+_(?:PASSWORD|TOKEN)$/;

/** A flag and its value in one argument. */
const FLAG_WITH_VALUE = /^(--?[\w-]+=)(.*)$/s;

/** Secrets in the arguments of a command and in the environment, in every form in which they could appear. */
export function secretsOfCommand(args: readonly string[], env: NodeJS.ProcessEnv): string[] {
  const inAddresses = args.flatMap((arg) => secretsOf(arg.replace(FLAG_WITH_VALUE, '$2')));
  const values = args.flatMap((arg, index) => (isSecretValue(args, index) ? arg.replace(FLAG_WITH_VALUE, '$2') : []));
  const passwords = [...values, ...Object.entries(env).flatMap(([name, value = '']) => (SECRET_VARIABLE.test(name) ? [value] : []))];
  const formsOf = (password: string) => secretsOf(`x://:${encodeURIComponent(wellFormed(password))}@x`);
  return [...new Set([...inAddresses, ...passwords, ...passwords.flatMap(formsOf)])].filter((secret) => secret !== '');
}

/** The arguments without secrets, for the list of processes. */
export function shownArguments(args: readonly string[]): string[] {
  return args.map((arg, index) => {
    const [, flag = '', value = arg] = FLAG_WITH_VALUE.exec(arg) ?? [];
    return isSecretValue(args, index) ? `${flag}***` : flag + redact(redactUrl(value));
  });
}

/** Whether an argument has the value of a flag for a password. No such flag exists, but users try some: `--sasl-password=x`, `--redis-password x`. */
function isSecretValue(args: readonly string[], index: number): boolean {
  const arg = args[index] ?? '';
  const flag = FLAG_WITH_VALUE.exec(arg)?.[1];
  if (flag !== undefined) return isSecretFlag(flag);
  const before = args[index - 1] ?? '';
  return before.startsWith('-') && !before.includes('=') && !arg.startsWith('-') && isSecretFlag(before);
}

function isSecretFlag(flag: string): boolean {
  return isSecretOption(flag) && !/(?:mechanism|username|user)=?$/.test(flag);
}
