/** Flags of `rxcam read` and `rxcam verify`. */
import { InvalidArgumentError } from 'commander';
import type { From, Partitions, To } from '../../../broker/index.js';
import { READ_OPTIONS, brokerFlags } from './brokers.js';
import { type Flag, type FlagGroup, number } from './flag.js';
import { LOG_LEVELS } from './program.js';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const PLACES = "'latest', a date (2026-01-31T12:00:00Z), a time ago (90s, 10m, 2h, 1d), offset:N, or an entry's id (1700000000000-0)";

const reading: FlagGroup = {
  heading: 'Reading:',
  flags: [
    { flags: '--key <key>', sets: 'subscribe.key', standard: 'all', about: 'messages with this key alone' },
    {
      flags: '--from <place>', sets: 'subscribe.from', parse: from, standard: 'latest; of verify: earliest',
      about: `where to begin: ${PLACES}, 'earliest', or last:N`,
    },
    {
      flags: '--to <place>', sets: 'subscribe.to', parse: to, standard: 'never; of verify: latest',
      about: `where to end, with that message: ${PLACES}`,
    },
    {
      flags: '--partitions <which>', sets: 'subscribe.partitions', parse: partitions, standard: 'key',
      about: 'Kafka: key, the one where rxcam puts the key; all; or numbers with commas between them',
    },
    { flags: '--group <name>', sets: 'subscribe.group', standard: 'none', about: 'share the topic with all others that name the group' },
    { flags: '--frames <n>', sets: 'read.frames', parse: number, standard: 'all', about: 'end after so many messages' },
    { flags: '--verify', sets: 'read.verify', standard: 'verify: always', about: 'check each message, and name what is missing' },
    { flags: '--json', sets: 'read.json', about: 'a JSON object for each message, and one for the summary' },
    { flags: '--quiet', sets: 'read.quiet', about: 'the summary alone' },
    { flags: '--log-level <level>', sets: 'read.logLevel', standard: 'warn', about: `logs on stderr: ${LOG_LEVELS.join(', ')}` },
  ],
};

const broker: FlagGroup = {
  heading: 'The broker:',
  flags: brokerFlags.flatMap(({ flags }): readonly Flag[] => flags).filter(({ sets }) => READ_OPTIONS.has(sets)),
};

export const READ_FLAGS: readonly FlagGroup[] = [reading, broker];

function from(text: string): From {
  if (text === 'earliest') return text;
  const last = /^last:(\d{1,9})$/.exec(text)?.[1];
  return last === undefined ? to(text) : { last: Number(last) };
}

function to(text: string): To {
  if (text === 'latest') return text;
  const offset = /^offset:(\d{1,15})$/.exec(text)?.[1];
  if (offset !== undefined) return { offset };
  if (/^\d{1,20}-\d{1,20}$/.test(text)) return text as `${number}-${number}`;
  const [, ago, unit = ''] = /^(\d+)(ms|[smhd])$/.exec(text) ?? [];
  const time = ago === undefined ? Date.parse(text) : Date.now() - Number(ago) * (UNITS[unit] ?? 1);
  // A bare number is read as a year by some.
  if (Number.isNaN(time) || /^\d+$/.test(text)) throw new InvalidArgumentError(`Expected ${PLACES}.`);
  return new Date(time);
}

function partitions(text: string): Partitions {
  if (text === 'key' || text === 'all') return text;
  if (!/^\d+(,\d+)*$/.test(text)) throw new InvalidArgumentError("Expected key, all, or numbers with commas between them.");
  return text.split(',').map(Number);
}
