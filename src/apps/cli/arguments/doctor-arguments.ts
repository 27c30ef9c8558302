/** The grammar of the commands that look at a source or a broker: `doctor`, `probe` and `snapshot`. */
import { Command } from 'commander';
import { z } from 'zod';
import { brokerAt } from '../../../broker/index.js';
import { InvalidOption, isRxcamError } from '../../../core/errors/errors.js';
import { jpegQuality, milliseconds, options, parseOptions } from '../../../core/options.js';
import { COLOURS, DOCTOR_FLAGS, type FlagGroup, LOG_LEVELS, PROBE_FLAGS, SNAPSHOT_FLAGS } from '../flags/index.js';
import { addFlags, describe, rawValues } from './grammar.js';
import { type Settings, settingsFromFlags } from './settings.js';

const schema = options({
  json: z.boolean().default(false), color: z.enum(COLOURS).default('auto'), logLevel: z.enum(LOG_LEVELS).default('silent'),
  source: z.string().min(1).optional(), broker: z.string().min(1).optional(),
  output: z.string().min(1).optional(), quality: jpegQuality().optional(), timeoutMs: milliseconds().min(1).optional(),
});

/** The commands `doctor`, `probe` and `snapshot`: for a source, a broker, or only the machine. */
export interface DoctorArguments {
  readonly command: 'doctor' | 'probe' | 'snapshot';
  readonly source: string | undefined;
  readonly broker: string | undefined;
  /** A configuration file, in place of both. */
  readonly file?: string | undefined;
  /** The name of a camera in that file. */
  readonly camera?: string | undefined;
  readonly program: z.output<typeof schema>;
  /** Options of the camera, and of the broker. */
  readonly settings: Settings;
}

interface CommandText {
  readonly about: string;
  readonly argument: readonly [name: string, about: string];
  readonly flags: readonly FlagGroup[];
  readonly after: string;
}

const COMMANDS: Readonly<Record<DoctorArguments['command'], CommandText>> = {
  doctor: {
    about: 'check the machine, a source and a broker, and name remedies', argument: ['[address...]', 'a source, a broker, or both, in any order; or a configuration file and the name of a camera'], flags: DOCTOR_FLAGS,
    after: `
Checks this machine, a source (name, stream, first picture, GOP, cost of decoding) and
a broker (a message that is sent to the topic rxcam-doctor and read back, the largest
message, the clock). Exit code 0: no problem was found. 1: there is a problem. 2: bad usage.

Examples:
  rxcam doctor
  rxcam doctor rtsp://user:secret@camera.example.com/stream kafka://localhost:9092/video
  rxcam doctor cameras.yaml gate
  rxcam doctor redis://localhost --json`,
  },
  probe: {
    about: 'print the properties of a source', argument: ['<source...>', 'rtsp(s)://…, http(s)://…, a path, a device, or test:; or a configuration file and the name of a camera'], flags: PROBE_FLAGS,
    after: `
Exit code 1: the source sends no picture. 2: bad usage.

Examples:
  rxcam probe rtsp://user:secret@camera.example.com/stream
  rxcam probe cameras.yaml gate
  rxcam probe clip.mp4 --json`,
  },
  snapshot: {
    about: 'take one picture of a source', argument: ['<source...>', 'rtsp(s)://…, http(s)://…, a path, a device, or test:; or a configuration file and the name of a camera'], flags: SNAPSHOT_FLAGS,
    after: `
Exit code 1: there is no picture, or it could not be written. 2: bad usage.

Examples:
  rxcam snapshot rtsp://user:secret@camera.example.com/stream -o gate.jpg
  rxcam snapshot cameras.yaml gate
  rxcam snapshot clip.mp4 | display`,
  },
};

/** Creates the commands. @param onParsed - called with the parsed one */
export function doctorCommands(onParsed: (command: DoctorArguments) => void): Command[] {
  return Object.entries(COMMANDS).map(([name, { about, argument, flags: groups, after }]) => {
    const created = addFlags(describe(new Command(name), about).argument(...argument), groups);
    return created.helpOption('-h, --help', 'show this').addHelpText('after', after).action(() => {
      const { doctor = {}, ...raw } = rawValues(created, groups);
      const program = parseOptions(name, schema, doctor);
      const { source, broker, file, camera } = targetsOf(name, created.args, program);
      const settings = settingsFromFlags({ ...raw, stream: { to: broker ?? 'memory:' } }, 1);
      onParsed({ command: name as DoctorArguments['command'], source, broker, file, camera, program, settings });
    });
  });
}

/** The endings of configuration files, which no video has. */
const CONFIGURATION = /\.(?:ya?ml|json)$/i;

/** The source, the broker or the configuration file that the arguments name. */
function targetsOf(name: string, args: readonly string[], program: z.output<typeof schema>): Pick<DoctorArguments, 'source' | 'broker' | 'file' | 'camera'> {
  const [file, camera, ...others] = args;
  if (file !== undefined && CONFIGURATION.test(file)) {
    if (others.length > 0) throw new InvalidOption(`${name}: ${args.length} arguments given, expected a configuration file and the name of one camera`);
    return { source: undefined, broker: undefined, file, camera };
  }
  if (name === 'doctor') return sourceAndBrokerOf(args, program);
  if (camera !== undefined) throw new InvalidOption(`${name}: ${args.length} sources given, expected one`);
  return { source: file, broker: undefined };
}

/** Sorts the addresses into that of a source and that of a broker. */
function sourceAndBrokerOf(args: readonly string[], { source, broker }: z.output<typeof schema>): Pick<DoctorArguments, 'source' | 'broker'> {
  const brokers = [...(broker === undefined ? [] : [broker]), ...args.filter(isBroker)];
  const sources = [...(source === undefined ? [] : [source]), ...args.filter((address) => !isBroker(address))];
  if (brokers.length > 1 || sources.length > 1) throw new InvalidOption(`doctor: ${sources.length} sources and ${brokers.length} brokers given, expected one of each at most`);
  return { source: sources[0], broker: brokers[0] };
}

function isBroker(address: string): boolean {
  try {
    brokerAt(address, 'doctor');
    return true;
  } catch (error) {
    if (!isRxcamError(error)) throw error;
    // A mistyped address of a broker is not a source: its mistake is reported.
    return /^(?:kafka|rediss?):/i.test(address);
  }
}
