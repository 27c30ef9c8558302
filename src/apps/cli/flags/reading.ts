/** Flags of the commands that read a topic: `read`, `verify`, `record`, `clip` and `play`. */
import { RECORD } from '../../../core/defaults/reading.js';
import { READ_OPTIONS, brokerFlags } from './brokers.js';
import { type Flag, type FlagGroup, bytes, number } from './flag.js';
import { DURATIONS, PLACES, TIMES, duration, from, partitions, shownMs, time, to } from './places.js';
import { LOG_LEVELS } from './program.js';

const key: Flag = { flags: '--key <key>', sets: 'subscribe.key', standard: 'all', about: 'messages with this key alone' };
const logLevel: Flag = { flags: '--log-level <level>', sets: 'read.logLevel', standard: 'warn', about: `logs on stderr: ${LOG_LEVELS.join(', ')}` };
const json = (about: string): Flag => ({ flags: '--json', sets: 'read.json', about });

/** Where to read. */
const places = (standardFrom: string, standardTo: string): readonly Flag[] => [
  {
    flags: '--from <place>', sets: 'subscribe.from', parse: from, standard: standardFrom,
    about: `where to begin: ${PLACES}, 'earliest', or last:N`,
  },
  { flags: '--to <place>', sets: 'subscribe.to', parse: to, standard: standardTo, about: `where to end, with that message: ${PLACES}` },
  {
    flags: '--partitions <which>', sets: 'subscribe.partitions', parse: partitions, standard: 'key',
    about: 'Kafka: key, the one where rxcam puts the key; all; or numbers with commas between them',
  },
];
const group: Flag = { flags: '--group <name>', sets: 'subscribe.group', standard: 'none', about: 'share the topic with all others that name the group' };

const reading: FlagGroup = {
  heading: 'Reading:',
  flags: [
    key, ...places('latest; of verify: earliest', 'never; of verify: latest'), group,
    { flags: '--frames <n>', sets: 'read.frames', parse: number, standard: 'all', about: 'end after so many messages' },
    { flags: '--verify', sets: 'read.verify', standard: 'verify: always', about: 'check each message, and name what is missing' },
    json('a JSON object for each message, and one for the summary'),
    { flags: '--quiet', sets: 'read.quiet', about: 'the summary alone' },
    logLevel,
  ],
};

const recording: FlagGroup = {
  heading: 'Recording:',
  flags: [
    key, ...places('latest', 'never'), group,
    { flags: '--every <duration>', sets: 'record.every', parse: duration, standard: shownMs(RECORD.every), about: `length of a file, ${DURATIONS}` },
    { flags: '--gap <duration>', sets: 'record.gapMs', parse: duration, standard: shownMs(RECORD.gapMs), about: 'a new file begins where two pictures are further apart' },
    { flags: '--keep-bytes <bytes>', sets: 'record.keep.bytes', parse: bytes, standard: 'all', about: 'keep so many bytes of files, the newest' },
    { flags: '--keep-for <duration>', sets: 'record.keep.ms', parse: duration, standard: 'all', about: 'keep files for so long' },
    { flags: '--hls', sets: 'record.hls', about: 'keep an HLS playlist, index.m3u8, beside the files of each key' },
    json('a JSON object for each report, and one for the summary'),
    { flags: '--quiet', sets: 'read.quiet', about: 'the summary alone' },
    logLevel,
  ],
};

const cutting: FlagGroup = {
  heading: 'The clip:',
  flags: [
    { flags: '--key <key>', sets: 'clip.key', about: 'key of the messages; needed' },
    { flags: '--from <time>', sets: 'clip.from', parse: time, about: `the clip begins at the keyframe before it: ${TIMES}; needed` },
    { flags: '--to <time>', sets: 'clip.to', parse: time, standard: 'now', about: `time of the last picture: ${TIMES}` },
    json('a JSON object that says what is in the clip'),
    logLevel,
  ],
};

const playing: FlagGroup = {
  heading: 'Playing:',
  flags: [
    { ...key, standard: 'the first that comes' }, ...places('latest', 'never'),
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
