/** The grammar of the command `health`. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { HEALTH } from '../../../core/defaults/monitoring.js';

/** The expected condition of a program, from the weakest to the strictest. */
const EXPECTED = ['alive', 'ready', 'streaming'] as const;
/** Maximum of Node's timers, and of any number here; ms. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The command `health`. */
export interface HealthArguments {
  readonly command: 'health';
  readonly expect: (typeof EXPECTED)[number];
  readonly pid: number | undefined;
  readonly timeoutMs: number;
  readonly json: boolean;
}

const ABOUT = 'Query the state of the rxcam programs that run on this machine as this user: stream, run, worker and record.';

const AFTER = `
alive: the program answers. ready: its brokers can be reached, and a worker is a member
of its fleet. streaming: each camera sends pictures as well, and a recorder writes
them. Do not restart a program because a camera is down or a broker is away: it
reconnects by itself. Expect 'alive' if a failure restarts it, and more if a failure
only raises an alarm.

Programs answer by a socket, in RXCAM_RUN_DIR, or in RUNTIME_DIRECTORY (systemd's), or
in rxcam of XDG_RUNTIME_DIR, or in rxcam-USER of the folder for temporary files. Exit
code 0: all programs are as expected. 1: one is not, or none runs. 2: bad usage.

Examples:
  rxcam health
  rxcam health --expect streaming --json
  RXCAM_RUN_DIR=/run/rxcam rxcam health`;

/** Creates the command. It is parsed without the schemas of other commands, which take three times as long to load as the answer takes. */
export function healthCommand(onParsed: (command: HealthArguments) => void): Command {
  const command = new Command('health').summary('query the state of running programs').description(ABOUT)
    .addOption(new Option('--expect <what>', 'alive, ready, streaming (default: alive)').choices(EXPECTED))
    .addOption(new Option('--pid <n>', 'only the program with this process id').argParser(parseWholeNumber))
    .addOption(new Option('--timeout <ms>', `time for the answer of a program, in ms (default: ${HEALTH.timeoutMs})`).argParser(parseWholeNumber))
    .option('--json', 'print one JSON object: healthy, programs')
    .helpOption('-h, --help', 'show this').addHelpText('after', AFTER);
  return command.action(() => {
    const { expect = 'alive', pid, timeout: timeoutMs = HEALTH.timeoutMs, json = false } = command.opts<Given>();
    onParsed({ command: 'health', expect, pid, timeoutMs, json });
  });
}

interface Given { readonly expect?: HealthArguments['expect']; readonly pid?: number; readonly timeout?: number; readonly json?: boolean }

function parseWholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > MAX_TIMER_MS) throw new InvalidArgumentError(`Expected a whole number, 1 to ${MAX_TIMER_MS}.`);
  return value;
}
