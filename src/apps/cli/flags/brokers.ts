/** Flags of brokers: those for every kind, and those that each kind declares. */
import { BROKERS, BROKER_NAMES, type BrokerFlag, type BrokerName } from '../../../broker/index.js';
import { BROKER, OUTBOX } from '../../../core/defaults/defaults.js';
import { type Flag, type FlagGroup, bytesText, oneOf, parseBytes, readNumber } from './flag-group.js';

/** Brokers that other programs can reach. */
const REMOTE = BROKER_NAMES.filter((name) => BROKERS[name].hosts !== 'none');

/** The forms of their addresses, for the help. */
export const REMOTE_FORMS = REMOTE.map((name) => BROKERS[name].form).join(', or ');

/** Kinds whose default differs from that of most. */
const OTHER_LINGER = BROKER_NAMES.flatMap((name) => {
  const { lingerMs } = BROKERS[name].defaults();
  return lingerMs === BROKER.lingerMs ? [] : [`; ${name}: ${lingerMs}`];
}).join('');

const anyBroker: FlagGroup = {
  heading: 'Any broker:',
  flags: [
    {
      flags: '--linger-ms <ms>', sets: 'broker.lingerMs', parse: readNumber, defaultText: `${BROKER.lingerMs}${OTHER_LINGER}`,
      about: 'how long a message waits for others to share its request, in ms',
    },
    {
      flags: '--broker-outbox-bytes <bytes>', sets: 'broker.outboxMaxBytes', parse: parseBytes, defaultText: bytesText(OUTBOX.handleMaxBytes),
      about: 'bytes kept for all cameras together while the broker is down',
    },
  ],
};

const remote: FlagGroup = {
  heading: `${REMOTE.map((name) => BROKERS[name].title).join(' and ')}:`,
  flags: [
    {
      flags: '--max-request-bytes <bytes>', sets: 'broker.maxRequestBytes', parse: parseBytes, defaultText: bytesText(BROKER.maxRequestBytes),
      about: 'largest request in bytes',
    },
    {
      flags: '--request-timeout <ms>', sets: 'broker.requestTimeoutMs', parse: readNumber, defaultText: BROKER.requestTimeoutMs,
      about: 'time limit of a request, in ms; then it is sent again',
    },
    {
      flags: '--broker-connect-timeout <ms>', sets: 'broker.connectTimeoutMs', parse: readNumber, defaultText: BROKER.connectTimeoutMs,
      about: 'time limit for connecting to the broker, in ms',
    },
    {
      flags: '--broker-retry-initial <ms>', sets: 'broker.retryInitialMs', parse: readNumber, defaultText: BROKER.retryInitialMs,
      about: 'first wait after a failed request, in ms; doubles up to the longest',
    },
    {
      flags: '--broker-retry-max <ms>', sets: 'broker.retryMaxMs', parse: readNumber, defaultText: BROKER.retryMaxMs,
      about: 'longest wait after failed requests, in ms',
    },
    {
      flags: '--broker-refresh-after <n>', sets: 'broker.refreshAfterFailures', parse: readNumber, defaultText: BROKER.refreshAfterFailures,
      about: 'failures in a row after which the connection is replaced',
    },
  ],
};

function ownFlags(name: BrokerName): FlagGroup {
  return { heading: `${BROKERS[name].title}:`, flags: BROKERS[name].flags.map((flag) => flagOf(name, flag)) };
}

function flagOf(owner: string, { flags, option, about, defaultText, takes }: BrokerFlag): Flag {
  const shown = takes === 'bytes' && typeof defaultText === 'number' ? bytesText(defaultText) : defaultText;
  const parse = takes === 'number' ? readNumber : takes === 'bytes' ? parseBytes : takes && oneOf(takes);
  return { flags, sets: `${owner}.${option}`, about, ...(shown !== undefined && { defaultText: shown }), ...(parse && { parse }) };
}

/** The options of brokers for readers, or for creating topics. */
function optionsFor(use: 'reads' | 'creates'): string[] {
  return BROKER_NAMES.flatMap((name) => (BROKERS[name].flags as readonly BrokerFlag[]).filter((flag) => flag[use] === true).map(({ option }) => `${name}.${option}`));
}

/** Options of brokers that apply to readers, as in `sets` of their flags. */
export const READ_OPTIONS: ReadonlySet<string> = new Set([
  ...optionsFor('reads'),
  'broker.requestTimeoutMs', 'broker.connectTimeoutMs', 'broker.retryInitialMs', 'broker.retryMaxMs',
]);

export const brokerFlags: readonly FlagGroup[] = [anyBroker, remote, ...BROKER_NAMES.map(ownFlags)];

const FLEET_OPTIONS: ReadonlySet<string> = new Set([...READ_OPTIONS, ...optionsFor('creates')]);

/** Flags of the commands that show or change a fleet, and create its topics if they are missing. */
export const FLEET_BROKER_FLAGS: readonly FlagGroup[] = brokerFlags
  .map(({ heading, flags }): FlagGroup => ({ heading, flags: flags.filter(({ sets }) => FLEET_OPTIONS.has(sets)) }))
  .filter(({ flags }) => flags.length > 0);
/** Flags of a worker, which also publishes; only those of brokers that other machines can reach. */
export const WORKER_BROKER_FLAGS: readonly FlagGroup[] = [anyBroker, remote, ...REMOTE.map(ownFlags)];
