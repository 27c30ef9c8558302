/** The command line's grammar: defines the commands for commander, and parses the arguments. */
import { Command } from 'commander';
import { FLAGS } from '../flags/index.js';
import { EXIT_USAGE, version } from '../program/index.js';
import { type FleetArguments, type WorkerArguments, fleetCommands } from './fleet-arguments.js';
import { addFlags, rawValues } from './grammar.js';
import { type ConfigArguments, configCommands } from './config-arguments.js';
import { type DoctorArguments, doctorCommands } from './doctor-arguments.js';
import { type ReaderArguments, readCommands } from './read-arguments.js';
import { type HealthArguments, healthCommand } from './health-arguments.js';
import { type Printer, parseCommand } from './parse.js';
import { type Settings, settingsFromFlags } from './settings.js';

/** The command `stream`. */
export interface StreamArguments {
  readonly command: 'stream';
  readonly sources: readonly string[];
  readonly settings: Settings;
}

/** A command line, parsed. */
export type Arguments = StreamArguments | ConfigArguments | DoctorArguments | ReaderArguments | WorkerArguments | FleetArguments | HealthArguments;

/** The source if none is given. */
const DEFAULT_SOURCE = 'test:';

const ABOUT = `Streams cameras as messages of H.265 or JPEG to Kafka, Redis or the embedded broker.

A source is rtsp(s)://…, http(s)://… (a file or a live stream), a file's path, a device (/dev/video0, 0), or test:, \
a moving pattern (test:?size=640x360&fps=25&duration=SECONDS&noise=0..100). Without one: test:.`;

const AFTER = `
Units of bytes are kB, MB, GB, KiB, MiB and GiB. On SIGINT, SIGTERM or SIGHUP, the
program stops the cameras, sends the remaining messages, and exits with code 0; on a
second signal, it exits at once. Exit code 1: a camera ended by a failure, or the
result could not be written. 2: bad usage.

Set passwords of brokers in the environment: RXCAM_KAFKA_PASSWORD,
RXCAM_REDIS_PASSWORD.

Examples:
  rxcam stream rtsp://camera/stream --fps 5 --size 640x --to kafka://localhost/video
  rxcam stream a.mp4 b.mp4 --mode stream --chunk gop --to redis://localhost/video
  rxcam stream rtsp://camera/stream --dashboard
  rxcam stream test: --frames 100 --json
  rxcam run cameras.yaml`;

/**
 * Parses the arguments after the program's name.
 * @returns the command, or the exit code after help or an error message was printed
 * @throws InvalidOption for flags that exclude each other
 */
export function parseArguments(args: readonly string[], print: Printer): Arguments | number {
  let parsed: Arguments | undefined;
  const stream = streamCommand().action((sources: string[], _: unknown, command: Command) => {
    const all = sources.length === 0 ? [DEFAULT_SOURCE] : sources;
    parsed = { command: 'stream', sources: all, settings: settingsFromFlags(rawValues(command, FLAGS), all.length) };
  });
  const onParsed = (command: Arguments) => { parsed = command; };
  const others = [
    ...configCommands(onParsed), ...doctorCommands(onParsed), ...readCommands(onParsed), ...fleetCommands(onParsed), healthCommand(onParsed),
  ];
  const program = new Command('rxcam').version(version(), '-V, --version').addCommand(stream);
  for (const command of others) program.addCommand(command);
  program.addHelpText('after', () => `\n${stream.helpInformation()}${AFTER}`);
  return parseCommand(program, withCommand(withPort(args)), print) ?? parsed ?? EXIT_USAGE;
}

/** `--dashboard rtsp://camera/stream`: the argument after it is not a port, so it is the source. */
function withPort(args: readonly string[]): string[] {
  return args.map((arg, index) => (arg === '--dashboard' && !/^\d+$/.test(args[index + 1] ?? '') ? '--dashboard=auto' : arg));
}

function streamCommand(): Command {
  const stream = new Command('stream').summary('stream cameras').description(ABOUT).argument('[source...]', 'cameras');
  return addFlags(stream, FLAGS).helpOption('-h, --help', 'show this').addHelpText('after', AFTER);
}

/** An argument that can only be a source: an address, a path or the number of a device, but not a mistyped command. */
const SOURCE = /[:/\\.]|^\d+$/;

/** Adds the command `stream` to flags and sources without a command: `npm start -- --frames 20`, `npm start -- rtsp://camera/stream`. */
function withCommand(args: readonly string[]): string[] {
  const [first] = args;
  const isFlag = first === undefined || (first.startsWith('-') && !['-h', '--help', '-V', '--version'].includes(first));
  return isFlag || SOURCE.test(first) ? ['stream', ...args] : [...args];
}
