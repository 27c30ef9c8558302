/** Runs the command `health` with a minimum of imports: an index would load a whole folder with its imports. */
import type { HealthArguments } from '../arguments/index.js';
import { runHealth } from './health.js';

/** @returns the exit code */
export async function runHealthCommandLine(words: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { Command } = await import('commander');
  const { healthCommand } = await import('../arguments/health-arguments.js');
  const { parseCommand } = await import('../arguments/parse.js');
  const { printError } = await import('../program/fatal-errors.js');
  let found: HealthArguments | undefined;
  const program = new Command('rxcam').addCommand(healthCommand((command) => { found = command; }));
  const code = parseCommand(program, words, {
    out: (text) => { process.stdout.write(text); },
    error: (text) => { printError(text.replace(/^error: /, '')); },
  });
  return code ?? (found === undefined ? 2 : runHealth(found, env));
}
