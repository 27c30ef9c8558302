/** The grammar of the commands that take a configuration file: `run` and `check`. */
import { Command } from 'commander';
import { z } from 'zod';
import { milliseconds, options, parseOptions } from '../../../core/options.js';
import { CHECK_FLAGS, COLOURS, type FlagGroup, LOG_LEVELS, RUN_FLAGS } from '../flags/index.js';
import { commanderOption, rawValues } from './grammar.js';
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
A change of the file, or of a file that it names for a secret, or SIGHUP, touches only
the cameras that it changes; the others lose no picture. If the new file has mistakes,
the cameras continue as before. SIGINT and SIGTERM stop the cameras, send the pictures
that are left, and end with exit code 0; a second one ends at once. Exit code 1: a camera
ended by a failure, or the result could not be written. 2: bad usage, or a file with
mistakes.

Examples:
  rxcam run cameras.yaml --dashboard
  rxcam run /etc/rxcam/cameras.yaml --json --log-level warn`;

const CHECK = `
Connects to nothing. Each mistake is a line on stderr: file, line, column, key, what was
given and what is allowed. Exit code 2: there are mistakes.

Examples:
  rxcam check cameras.yaml
  rxcam check cameras.yaml --json`;

/** Adds the commands; `found` is called with the parsed one. */
export function configCommands(found: (command: ConfigArguments) => void): Command[] {
  return [
    command('run', 'run the cameras of a configuration file', RUN_FLAGS, RUN, (file, given) => {
      found({ command: 'run', file, program: parseOptions('run', runSchema, given) });
    }),
    command('check', 'check a configuration file', CHECK_FLAGS, CHECK, (file, given) => {
      found({ command: 'check', file, program: parseOptions('check', checkSchema, given) });
    }),
  ];
}

function command(name: string, about: string, groups: readonly FlagGroup[], after: string, found: (file: string, given: unknown) => void): Command {
  const made = new Command(name).summary(about).description(`${about[0]?.toUpperCase() ?? ''}${about.slice(1)}.`).argument('<file>', 'in YAML or JSON');
  for (const { heading, flags } of groups) for (const flag of flags) made.addOption(commanderOption(flag).helpGroup(heading));
  return made.helpOption('-h, --help', 'show this').addHelpText('after', after).action((file: string) => { found(file, rawValues(made, groups)[name] ?? {}); });
}
