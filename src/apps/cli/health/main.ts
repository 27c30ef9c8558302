/** Runs the command `health` with few imports: the index of a folder would load the whole folder, and all that it imports. */
import type { HealthArguments } from '../arguments/index.js';
import { runHealth } from './health.js';

/** @returns the exit code */
export async function runHealthCommandLine(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { Command } = await import('commander');
  const { healthCommand } = await import('../arguments/health-arguments.js');
  const { parseCommand } = await import('../arguments/parse.js');
  const { printError } = await import('../program/fatal-errors.js');
  let found: HealthArguments | undefined;
  const program = new Command('rxcam').addCommand(healthCommand((command) => { found = command; }));
  const code = parseCommand(program, args, {
    out: (text) => { process.stdout.write(text); },
    error: (text) => { printError(text.replace(/^error: /, '')); },
  });
  return code ?? (found === undefined ? 2 : runHealth(found, env));
}
