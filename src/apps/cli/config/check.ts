/** The command `check`: prints all mistakes of a configuration file. */
import { type ConfigProblem, parseConfig, readConfigFile } from '../../config/index.js';
import type { CheckArguments } from '../arguments/index.js';
import { EXIT_USAGE, counted, errorLine, isUsageError, paintOn, withoutControls } from '../program/index.js';

/** Output of `--json`. */
interface Verdict {
  readonly valid: boolean;
  readonly cameras: number;
  /** Number of these cameras that have `enabled: false`. */
  readonly disabled: number;
  readonly brokers: number;
  readonly problems: readonly ConfigProblem[];
}

/** @returns the exit code */
export function runCheck({ file, program: { json, color } }: CheckArguments, env: NodeJS.ProcessEnv): number {
  const verdict = verdictOf(file, env);
  const { valid, cameras, disabled, brokers, problems } = verdict;
  const [out, error] = [paintOn(process.stdout, env, color), paintOn(process.stderr, env, color)];
  if (json) process.stdout.write(`${JSON.stringify(verdict)}\n`);
  const off = disabled > 0 ? ` (${disabled} not enabled)` : '';
  if (valid && !json) process.stdout.write(`${out('green', '✓')} ${withoutControls(file)}: ${counted(cameras, 'camera')}${off}, ${counted(brokers, 'broker')}\n`);
  for (const { message, path, ...place } of json ? [] : problems) {
    const parts = [error('bold', placeOf(file, place)), path, message].filter((part) => part !== '');
    process.stderr.write(`${parts.map(plainLine).join(': ')}\n`);
  }
  return valid ? 0 : EXIT_USAGE;
}

function verdictOf(file: string, env: NodeJS.ProcessEnv): Verdict {
  try {
    const { cameras, brokers } = parseConfig(readConfigFile(file), { file, env });
    const disabled = cameras.filter(({ enabled }) => !enabled).length;
    return { valid: true, cameras: cameras.length, disabled, brokers: brokers.length, problems: [] };
  } catch (error) {
    if (!isUsageError(error)) throw error;
    const { problems: found } = error as { readonly problems?: readonly ConfigProblem[] };
    const problems = found ?? [{ path: '', message: error.message.replace(`${file}: `, ''), file }];
    return { valid: false, cameras: 0, disabled: 0, brokers: 0, problems };
  }
}

function placeOf(file: string, { line, column }: Pick<ConfigProblem, 'line' | 'column'>): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}

/** The text without control characters, except in the part that rxcam has coloured. */
function plainLine(text: string): string {
  return text.startsWith('\u001b') ? text : withoutControls(errorLine(text));
}
