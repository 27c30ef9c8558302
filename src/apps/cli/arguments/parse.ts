/** Parses the arguments of a command line with commander: prints help on `out`, and a mistake on `error`. */
import { type Command, CommanderError } from 'commander';

/** Receives help and error messages. */
export interface Printer {
  out(text: string): void;
  error(text: string): void;
}

/** @returns the exit code after help or a mistake; undefined if a command was found */
export function parseCommand(program: Command, args: readonly string[], print: Printer): number | undefined {
  for (const command of [program, ...program.commands.flatMap((one) => [one, ...one.commands])]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => { print.out(text); },
      writeErr: (text) => { print.out(text); },
      outputError: (text) => { print.error(text.replace(/unknown option '(-[^']*\.[^']*)'/, "$&; for a file of that name write './$1'")); },
    });
  }
  try {
    program.parse([...args], { from: 'user' });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}
