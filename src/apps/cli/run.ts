/** One command from its words to its exit code. */
import { isRxcamError } from '../../core/errors/errors.js';
import { type Arguments, parseArguments } from './arguments/index.js';
import { withFlags } from './flags/index.js';
import { complain, secretsOfCommand } from './program/index.js';

/** Bad usage. */
const USAGE = 2;

/**
 * Runs a command.
 * @param words - what stands after the program's name
 * @returns the exit code: 0; 1 when a camera ended by a failure; 2 for bad usage
 */
export async function run(words: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const secrets = secretsOfCommand(words, env);
  try {
    const command = parseArguments(words, {
      out: (text) => { process.stdout.write(text); },
      error: (text) => { complain(text.replace(/^error: /, ''), secrets); },
    });
    return typeof command === 'number' ? command : await start(command, env, secrets);
  } catch (error) {
    if (!isUsage(error)) throw error;
    complain(withFlags(error.message), secrets);
    return USAGE;
  }
}

async function start(command: Arguments, env: NodeJS.ProcessEnv, secrets: readonly string[]): Promise<number> {
  if (command.command === 'read') {
    const { read } = await import('./read/read.js');
    return read(command, env, secrets);
  }
  // Loaded only now: words that make no sense, and --help, are answered in half the time.
  const { stream } = await import('./stream/stream.js');
  const failures = await stream(command, env, secrets);
  if (failures.length === 0) return 0;
  return failures.every(isUsage) ? USAGE : 1;
}

function isUsage(error: unknown): error is Error {
  return isRxcamError(error) && error.code === 'INVALID_OPTION';
}
