/** The grammar of the commands that read a topic: `read`, `verify`, `record`, `clip` and `play`. */
import { Command } from 'commander';
import { z } from 'zod';
import type { RecordConfig, SubscribeConfig } from '../../../../operators/index.js';
import type { ClipConfig } from '../../clip.js';
import { HEALTH } from '../../../core/defaults/monitoring.js';
import type { OptionsByOwner } from '../../../core/steps/index.js';
import { count, milliseconds, options, parseOptions } from '../../../core/options.js';
import { CLIP_FLAGS, type FlagGroup, LOG_LEVELS, PLAY_FLAGS, READ_FLAGS, RECORD_FLAGS, REMOTE_FORMS } from '../flags/index.js';
import { addFlags, describe, rawValues } from './grammar.js';
import { type Settings, settingsFromFlags } from './settings.js';

const schema = options({
  frames: count().optional(), verify: z.boolean().default(false), json: z.boolean().default(false), quiet: z.boolean().default(false),
  logLevel: z.enum(LOG_LEVELS).default('warn'), silentMs: milliseconds().min(1).default(HEALTH.silentMs),
});

/** The program's own options. */
export type ReadProgramOptions = z.output<typeof schema>;

/** Options that these commands share. */
export interface TopicArguments {
  readonly subscribe: Omit<SubscribeConfig, 'topic'>;
  readonly program: ReadProgramOptions;
  /** Settings of the broker. */
  readonly settings: Settings;
}

/** The commands `read` and `verify`. */
export interface ReadArguments extends TopicArguments { readonly command: 'read' }
/** The command `record`. */
export interface RecordArguments extends TopicArguments { readonly command: 'record'; readonly folder: string; readonly record: RecordConfig }
/** The command `clip`. */
export interface ClipArguments extends TopicArguments { readonly command: 'clip'; readonly clip: Omit<ClipConfig, 'topic' | 'signal'> }
/** The command `play`. */
export interface PlayArguments extends TopicArguments { readonly command: 'play'; readonly isPiped: boolean }

/** The commands that read a topic. */
export type ReaderArguments = ReadArguments | RecordArguments | ClipArguments | PlayArguments;

const CODES = 'Exit code 2: bad usage. 3: a message is missing or torn.';

interface CommandText {
  readonly name: string;
  readonly about: string;
  /** The argument after the broker's address. */
  readonly path?: readonly [name: string, about: string];
  readonly flags: readonly FlagGroup[];
  readonly after: string;
}

const READ: CommandText = {
  name: 'read', about: 'print the messages of a topic', flags: READ_FLAGS,
  after: `
Reads without a consumer group and leaves no state on the broker. Ends at --to, after
--frames messages, or by SIGINT or SIGTERM. ${CODES}

Examples:
  rxcam read kafka://localhost/video --key gate --from last:10 --to latest
  rxcam read redis://localhost/video --verify --json
  rxcam verify kafka://localhost/video --from 1h`,
};

const RECORD: CommandText = {
  name: 'record', about: 'record a topic into MP4 files', path: ['<folder>', 'for the files; created if it does not exist'], flags: RECORD_FLAGS,
  after: `
The pictures are written unchanged. Ends at --to, or by SIGINT or SIGTERM,
with complete files. rxcam health queries its state while it runs.
Exit code 1: the files can't be written.
${CODES}

Examples:
  rxcam record kafka://localhost/video recordings --every 10m --keep-bytes 100GB
  rxcam record redis://localhost/video recordings --key gate --from 1h --to latest`,
};

const CLIP: CommandText = {
  name: 'clip', about: 'make one MP4 of a period', path: ['<file>', 'the MP4; an existing file is replaced'], flags: CLIP_FLAGS,
  after: `
The pictures are written unchanged. Exit code 1: there is no picture in that
time, or the file can't be written. ${CODES}

Examples:
  rxcam clip kafka://localhost/video gate.mp4 --key gate --from 10m --to 5m
  rxcam clip redis://localhost/video gate.mp4 --key gate --from 2026-01-31T12:00:00Z --to 2026-01-31T12:05:00Z`,
};

const PLAY: CommandText = {
  name: 'play', about: 'show the pictures of a topic', flags: PLAY_FLAGS,
  after: `
Shows the pictures in a window of ffplay, which comes with ffmpeg; without ffplay, it
prints the command to run instead. Ends with the window, at --to, or by SIGINT or SIGTERM.
Exit code 1: there is no ffplay, or it failed. 2: bad usage.

Examples:
  rxcam play kafka://localhost/video --key gate
  rxcam play redis://localhost/video --from 10m --stdout | mpv -`,
};

/** Creates the commands. @param onParsed - called with the parsed one */
export function readCommands(onParsed: (command: ReaderArguments) => void): Command[] {
  return [
    command(READ, (topic) => { onParsed({ command: 'read', ...topic }); }),
    command({ ...READ, name: 'verify', about: 'check all messages of a topic' }, ({ subscribe, ...topic }) => {
      onParsed({ command: 'read', ...topic, subscribe: { from: 'earliest', to: 'latest', ...subscribe } });
    }, { verify: true, quiet: true }),
    command(RECORD, (topic, { record = {} }, folder) => { onParsed({ command: 'record', ...topic, folder, record }); }),
    command(CLIP, (topic, { clip = {} }, file) => {
      onParsed({ command: 'clip', ...topic, clip: { to: Date.now(), ...clip, file } as ClipArguments['clip'] });
    }),
    command(PLAY, (topic, { play = {} }) => { onParsed({ command: 'play', ...topic, isPiped: play['stdout'] === true }); }),
  ];
}

function command(
  { name, about, path, flags: groups, after }: CommandText, found: (topic: TopicArguments, raw: OptionsByOwner, path: string) => void,
  program: Partial<ReadProgramOptions> = {},
): Command {
  const created = describe(new Command(name), about).argument('<broker>', REMOTE_FORMS);
  if (path !== undefined) created.argument(...path);
  return addFlags(created, groups).helpOption('-h, --help', 'show this').addHelpText('after', after).action((address: string) => {
    const raw = rawValues(created, groups);
    const { subscribe = {}, read = {}, ...others } = raw;
    const topic = {
      subscribe, program: parseOptions('read', schema, { ...program, ...read }),
      settings: settingsFromFlags({ stream: { to: address }, ...others }, 0),
    };
    found(topic, raw, created.args[1] ?? '');
  });
}
