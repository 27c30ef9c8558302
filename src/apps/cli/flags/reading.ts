/** Flags of the commands that read a topic: `read`, `verify`, `record`, `clip` and `play`. */
import { HEALTH } from '../../../core/defaults/monitoring.js';
import { RECORD } from '../../../core/defaults/reading.js';
import { READ_OPTIONS, brokerFlags } from './brokers.js';
import { type Flag, type FlagGroup, parseBytes, readNumber } from './flag-group.js';
import { DURATIONS, POSITION_FORMS, TIMES, durationText, parseDuration, parseFrom, parsePartitions, parseTime, parseTo } from './positions.js';
import { LOG_LEVELS } from './program.js';

const key: Flag = { flags: '--key <key>', sets: 'subscribe.key', defaultText: 'all', about: 'only messages with this key' };
const logLevel: Flag = { flags: '--log-level <level>', sets: 'read.logLevel', defaultText: 'warn', about: `logs on stderr: ${LOG_LEVELS.join(', ')}` };
const json = (about: string): Flag => ({ flags: '--json', sets: 'read.json', about });

/** Flags for the position of a reading. */
const places = (defaultFrom: string, defaultTo: string): readonly Flag[] => [
  {
    flags: '--from <place>', sets: 'subscribe.from', parse: parseFrom, defaultText: defaultFrom,
    about: `where to begin: ${POSITION_FORMS}, 'earliest', or last:N`,
  },
  { flags: '--to <place>', sets: 'subscribe.to', parse: parseTo, defaultText: defaultTo, about: `where to end, inclusively: ${POSITION_FORMS}` },
  {
    flags: '--partitions <which>', sets: 'subscribe.partitions', parse: parsePartitions, defaultText: 'key',
    about: 'Kafka: key, the partition of the key; all; or numbers separated by commas',
  },
];
const group: Flag = { flags: '--group <name>', sets: 'subscribe.group', defaultText: 'none', about: 'share the topic with all other members of this consumer group' };

const reading: FlagGroup = {
  heading: 'Reading:',
  flags: [
    key, ...places('latest; of verify: earliest', 'never; of verify: latest'), group,
    { flags: '--frames <n>', sets: 'read.frames', parse: readNumber, defaultText: 'all', about: 'end after this many messages' },
    { flags: '--verify', sets: 'read.verify', defaultText: 'verify: always', about: 'check each message, and report missing ones' },
    json('one JSON object for each message, and one for the summary'),
    { flags: '--quiet', sets: 'read.quiet', about: 'print only the summary' },
    logLevel,
  ],
};

const recording: FlagGroup = {
  heading: 'Recording:',
  flags: [
    key, ...places('latest', 'never'), group,
    { flags: '--every <duration>', sets: 'record.every', parse: parseDuration, defaultText: durationText(RECORD.every), about: `length of a file, ${DURATIONS}` },
    { flags: '--gap <duration>', sets: 'record.gapMs', parse: parseDuration, defaultText: durationText(RECORD.gapMs), about: 'begin a new file if the time between two pictures is longer' },
    { flags: '--keep-bytes <bytes>', sets: 'record.keep.bytes', parse: parseBytes, defaultText: 'all', about: 'keep the newest files, up to this many bytes' },
    { flags: '--keep-for <duration>', sets: 'record.keep.ms', parse: parseDuration, defaultText: 'all', about: 'remove files that are older' },
    { flags: '--hls', sets: 'record.hls', about: 'write an HLS playlist, index.m3u8, for the files of each key' },
    {
      flags: '--silent-after <duration>', sets: 'read.silentMs', parse: parseDuration, defaultText: durationText(HEALTH.silentMs),
      about: 'rxcam health counts a camera without pictures for longer as silent',
    },
    json('one JSON object for each report, and one for the summary'),
    { flags: '--quiet', sets: 'read.quiet', about: 'print only the summary' },
    logLevel,
  ],
};

const cutting: FlagGroup = {
  heading: 'The clip:',
  flags: [
    { flags: '--key <key>', sets: 'clip.key', about: 'key of the messages; required' },
    { flags: '--from <time>', sets: 'clip.from', parse: parseTime, about: `the clip begins at the keyframe before it: ${TIMES}; required` },
    { flags: '--to <time>', sets: 'clip.to', parse: parseTime, defaultText: 'now', about: `time of the last picture: ${TIMES}` },
    json('one JSON object with the contents of the clip'),
    logLevel,
  ],
};

const playing: FlagGroup = {
  heading: 'Playing:',
  flags: [
    { ...key, defaultText: 'the first to arrive' }, ...places('latest', 'never'),
    { flags: '--stdout', sets: 'play.stdout', about: 'write the stream to stdout, as NUT, for another player' },
    logLevel,
  ],
};

const broker: FlagGroup = {
  heading: 'The broker:',
  flags: brokerFlags.flatMap(({ flags }): readonly Flag[] => flags).filter(({ sets }) => READ_OPTIONS.has(sets)),
};

export const READ_FLAGS: readonly FlagGroup[] = [reading, broker];
export const RECORD_FLAGS: readonly FlagGroup[] = [recording, broker];
export const CLIP_FLAGS: readonly FlagGroup[] = [cutting, broker];
export const PLAY_FLAGS: readonly FlagGroup[] = [playing, broker];
