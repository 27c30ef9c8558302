/** Flags of the commands that look at a source or a broker: `doctor`, `probe` and `snapshot`. */
import { JPEG, SNAPSHOT } from '../../../core/defaults/defaults.js';
import { READ_OPTIONS, brokerFlags } from './brokers.js';
import { type Flag, type FlagGroup, readNumber } from './flag-group.js';
import { LOG_LEVELS, colorFlag } from './program.js';
import { sourceFlags } from './source.js';

/** Options that make no difference for examining a source. */
const LEFT_OUT = new Set(['camera.key', 'camera.pace', 'camera.loop', 'camera.logEveryFrames']);
const source: FlagGroup = { heading: sourceFlags.heading, flags: sourceFlags.flags.filter(({ sets }) => !LEFT_OUT.has(sets)) };
const brokers = brokerFlags.map(({ heading, flags }): FlagGroup => ({ heading, flags: flags.filter(({ sets }) => READ_OPTIONS.has(sets)) }))
  .filter(({ flags }) => flags.length > 0);

const json = (about: string): Flag => ({ flags: '--json', sets: 'doctor.json', about });
const logLevel: Flag = { flags: '--log-level <level>', sets: 'doctor.logLevel', defaultText: 'silent', about: `logs on stderr: ${LOG_LEVELS.join(', ')}` };

export const DOCTOR_FLAGS: readonly FlagGroup[] = [
  {
    heading: 'Program:',
    flags: [
      { flags: '--source <address>', sets: 'doctor.source', about: 'a source whose address looks like that of a broker' },
      { flags: '--broker <address>', sets: 'doctor.broker', about: 'a broker, in place of the second address' },
      json('one JSON object: ok, findings'), colorFlag('doctor'), logLevel,
    ],
  },
  source, ...brokers,
];

export const PROBE_FLAGS: readonly FlagGroup[] = [{ heading: 'Program:', flags: [json('one JSON object'), colorFlag('doctor'), logLevel] }, source];

export const SNAPSHOT_FLAGS: readonly FlagGroup[] = [
  {
    heading: 'Program:',
    flags: [
      { flags: '-o, --output <file>', sets: 'doctor.output', defaultText: 'snapshot.jpg; stdout if that is a pipe', about: 'file for the JPEG; - is stdout' },
      { flags: '--quality <n>', sets: 'doctor.quality', parse: readNumber, defaultText: JPEG.quality, about: '1 (worst) to 100' },
      { flags: '--timeout <ms>', sets: 'doctor.timeoutMs', parse: readNumber, defaultText: SNAPSHOT.timeoutMs, about: 'the longest wait for a picture, in ms' },
      logLevel,
    ],
  },
  source,
];
