/** The grammar of the commands that take a configuration file: `run` and `check`. */
import { Command } from 'commander';
import { z } from 'zod';
import { milliseconds, options, parseOptions } from '../../../core/options.js';
import { CHECK_FLAGS, COLOURS, type FlagGroup, LOG_LEVELS, RUN_FLAGS } from '../flags/index.js';
import { addFlags, describe, rawValues } from './grammar.js';
import { DASHBOARD_OPTIONS } from './settings.js';

const runSchema = options({
  json: z.boolean().default(false), quiet: z.boolean().default(false), color: z.enum(COLOURS).default('auto'), logLevel: z.enum(LOG_LEVELS).optional(),
  refresh: milliseconds().min(50).optional(), closeDeadlineMs: milliseconds().optional(), watch: z.boolean().default(true),
  ...DASHBOARD_OPTIONS,
});

const checkSchema = options({ json: z.boolean().default(false), color: z.enum(COLOURS).default('auto') });

/** The command `run`: runs the cameras of a file. */
export interface RunArguments { readonly command: 'run'; readonly file: string; readonly program: z.output<typeof runSchema> }
/** The command `check`: checks a file. */
export interface CheckArguments { readonly command: 'check'; readonly file: string; readonly program: z.output<typeof checkSchema> }

/** The commands that take a configuration file. */
export type ConfigArguments = RunArguments | CheckArguments;

const RUN = `
Reads the file again when it changes, when a file that it names for a secret changes,
and on SIGHUP. Only cameras whose settings have changed start again; the others lose no
picture. If the new file has mistakes, the cameras continue as before. On SIGINT or
SIGTERM, the program stops the cameras, sends the remaining messages, and exits with
code 0; on a second signal, it exits at once. Exit code 1: a camera ended by a failure,
or the result could not be written. 2: bad usage, or a file with mistakes.

Examples:
  rxcam run cameras.yaml --dashboard
  rxcam run /etc/rxcam/cameras.yaml --json --log-level warn`;

const CHECK = `
Does not connect. Prints a line on stderr for each mistake: file, line, column, key, the
given value and the allowed ones. Exit code 2: there are mistakes.

Examples:
  rxcam check cameras.yaml
  rxcam check cameras.yaml --json`;

/** Creates the commands. @param onParsed - called with the parsed one */
export function configCommands(onParsed: (command: ConfigArguments) => void): Command[] {
  return [
    command('run', 'run the cameras of a configuration file', RUN_FLAGS, RUN, (file, given) => {
      onParsed({ command: 'run', file, program: parseOptions('run', runSchema, given) });
    }),
    command('check', 'check a configuration file', CHECK_FLAGS, CHECK, (file, given) => {
      onParsed({ command: 'check', file, program: parseOptions('check', checkSchema, given) });
    }),
  ];
}

function command(
  name: string, about: string, groups: readonly FlagGroup[], after: string, onParsed: (file: string, given: unknown) => void,
): Command {
  const created = addFlags(describe(new Command(name), about).argument('<file>', 'in YAML or JSON'), groups);
  return created.helpOption('-h, --help', 'show this').addHelpText('after', after)
    .action((file: string) => { onParsed(file, rawValues(created, groups)[name] ?? {}); });
}
