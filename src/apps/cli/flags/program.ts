/** Flags of the program itself: destination of messages, output, end. */
import { BROKER, STATS } from '../../../core/defaults/defaults.js';
import { DASHBOARD } from '../../../core/defaults/monitoring.js';
import { type Flag, type FlagGroup, parsePortOrAuto, readNumber } from './flag-group.js';

/** Levels of pino, the most verbose last. */
export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Values of `--color`. */
export const COLOURS = ['auto', 'always', 'never'] as const;
export type Colours = (typeof COLOURS)[number];

/** The flag of each command with colours. */
export const colorFlag = (owner: string): Flag => ({
  flags: '--color <when>', sets: `${owner}.color`, defaultText: 'auto',
  about: `colours: ${COLOURS.join(', ')}; auto respects NO_COLOR and FORCE_COLOR`,
});

/** Flags of each command that has a dashboard. */
export const dashboardFlags = (owner: string): readonly Flag[] => [
  {
    flags: '--dashboard [port]', sets: `${owner}.dashboard`, parse: parsePortOrAuto, defaultText: `none; without a port ${DASHBOARD.port}`,
    about: 'serve a page that shows all cameras, and their metrics under /metrics',
  },
  {
    flags: '--dashboard-host <address>', sets: `${owner}.dashboardHost`, defaultText: DASHBOARD.host,
    about: 'address that the dashboard listens on; browsers need its token unless the address is loopback',
  },
];

export const programFlags: FlagGroup = {
  heading: 'Program:',
  flags: [
    {
      flags: '--to <broker>', sets: 'stream.to', defaultText: 'memory:',
      about: 'memory:, kafka://[user:password@]host:port[,host:port]/topic, or redis[s]://[user:password@]host:port[/stream]',
    },
    {
      flags: '--json', sets: 'stream.json',
      about: 'print only one JSON object with all counts, at the end, on stdout',
    },
    ...dashboardFlags('stream'),
    { flags: '--quiet', sets: 'stream.quiet', about: 'no table, no summary, and only errors in the log' },
    {
      flags: '--log-level <level>', sets: 'stream.logLevel', defaultText: 'info; warn with the live table',
      about: `logs on stderr: ${LOG_LEVELS.join(', ')}`,
    },
    colorFlag('stream'),
    {
      flags: '--refresh <ms>', sets: 'stream.refresh', parse: readNumber, defaultText: STATS.every,
      about: 'interval of redrawing the live table, in ms',
    },
    {
      flags: '--close-deadline <ms>', sets: 'stream.closeDeadlineMs', parse: readNumber, defaultText: BROKER.closeDeadlineMs,
      about: 'time limit for sending the remaining messages when stopped, in ms',
    },
  ],
};
