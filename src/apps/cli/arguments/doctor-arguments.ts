/** The grammar of the commands that look at a source or a broker: `doctor`, `probe` and `snapshot`. */
import { Command } from 'commander';
import { z } from 'zod';
import { brokerAt } from '../../../broker/index.js';
import { InvalidOption, isRxcamError } from '../../../core/errors/errors.js';
import { jpegQuality, milliseconds, options, parseOptions } from '../../../core/options.js';
import { COLOURS, DOCTOR_FLAGS, type FlagGroup, LOG_LEVELS, PROBE_FLAGS, SNAPSHOT_FLAGS } from '../flags/index.js';
import { commanderOption, rawValues } from './grammar.js';
import { type Settings, settingsFromFlags } from './settings.js';

const schema = options({
  json: z.boolean().default(false), color: z.enum(COLOURS).default('auto'), logLevel: z.enum(LOG_LEVELS).default('silent'),
  source: z.string().min(1).optional(), broker: z.string().min(1).optional(),
  output: z.string().min(1).optional(), quality: jpegQuality().optional(), timeoutMs: milliseconds().min(1).optional(),
});

/** The commands `doctor`, `probe` and `snapshot`: on a source, a broker, or only the machine. */
export interface DoctorArguments {
  readonly command: 'doctor' | 'probe' | 'snapshot';
  readonly source: string | undefined;
  readonly broker: string | undefined;
  /** A configuration file in place of both, and the name of one of its cameras. */
  readonly file?: string | undefined;
  readonly camera?: string | undefined;
  readonly program: z.output<typeof schema>;
  /** Options of the camera, and of the broker. */
  readonly settings: Settings;
}

interface Words {
  readonly about: string;
  readonly argument: readonly [name: string, about: string];
  readonly flags: readonly FlagGroup[];
  readonly after: string;
}

const COMMANDS: Readonly<Record<DoctorArguments['command'], Words>> = {
  doctor: {
    about: 'check the machine, a source and a broker, and name remedies', argument: ['[address...]', 'a source, a broker, or both, in any order; or a configuration file and the name of a camera'], flags: DOCTOR_FLAGS,
    after: `
Checks this machine; a source: name, stream, first picture, GOP, cost of decoding; and
a broker: a message that is sent to the topic rxcam-doctor and read back, the largest
message, the clock. Exit code 0: no problem was found. 1: there is a problem. 2: bad usage.

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

/** Adds the commands; `found` is called with the parsed one. */
export function doctorCommands(found: (command: DoctorArguments) => void): Command[] {
  return Object.entries(COMMANDS).map(([name, { about, argument, flags: groups, after }]) => {
    const made = new Command(name).summary(about).description(`${about[0]?.toUpperCase() ?? ''}${about.slice(1)}.`).argument(...argument);
    for (const { heading, flags } of groups) for (const flag of flags) made.addOption(commanderOption(flag).helpGroup(heading));
    return made.helpOption('-h, --help', 'show this').addHelpText('after', after).action(() => {
      const { doctor = {}, ...raw } = rawValues(made, groups);
      const program = parseOptions(name, schema, doctor);
      const { source, broker, file, camera } = placesOf(name, made.args, program);
      const settings = settingsFromFlags({ ...raw, stream: { to: broker ?? 'memory:' } }, 1);
      found({ command: name as DoctorArguments['command'], source, broker, file, camera, program, settings });
    });
  });
}

/** Names of configuration files, which no video has. */
const CONFIGURATION = /\.(?:ya?ml|json)$/i;

/** The source, the broker or the file that the words name. */
function placesOf(name: string, words: readonly string[], program: z.output<typeof schema>): Pick<DoctorArguments, 'source' | 'broker' | 'file' | 'camera'> {
  const [file, camera, ...others] = words;
  if (file !== undefined && CONFIGURATION.test(file)) {
    if (others.length > 0) throw new InvalidOption(`${name}: ${words.length} words given, expected a configuration file and the name of one camera`);
    return { source: undefined, broker: undefined, file, camera };
  }
  if (name === 'doctor') return sorted(words, program);
  if (camera !== undefined) throw new InvalidOption(`${name}: ${words.length} sources given, expected one`);
  return { source: file, broker: undefined };
}

/** Finds out which of the addresses is the broker's. */
function sorted(words: readonly string[], { source, broker }: { readonly source?: string | undefined; readonly broker?: string | undefined }) {
  const brokers = [...(broker === undefined ? [] : [broker]), ...words.filter(isBroker)];
  const sources = [...(source === undefined ? [] : [source]), ...words.filter((word) => !isBroker(word))];
  if (brokers.length > 1 || sources.length > 1) throw new InvalidOption(`doctor: ${sources.length} sources and ${brokers.length} brokers given, expected one of each at most`);
  return { source: sources[0], broker: brokers[0] };
}

function isBroker(word: string): boolean {
  try {
    brokerAt(word, 'doctor');
    return true;
  } catch (error) {
    if (!isRxcamError(error)) throw error;
    // A mistyped address of a broker must be refused as such.
    return /^(?:kafka|rediss?):/i.test(word);
  }
}
