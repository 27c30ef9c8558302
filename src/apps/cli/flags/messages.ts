/** Flags of toMessage, publish and retry: messages, their sending, and reconnecting. */
import { BROKER, MATRICE, OUTBOX, RETRY } from '../../../core/defaults/defaults.js';
import { FORMATS } from '../../../message/index.js';
import { type FlagGroup, bytesText, parseBytes, parseList, parsePairs, readNumber } from './flag-group.js';

/** Default topic, if neither the broker's address nor --topic names one. */
export const DEFAULT_TOPIC = 'rxcam';

export const messageFlags: FlagGroup = {
  heading: 'Messages (flags marked * are given once for all sources, or once for each in their order):',
  flags: [
    {
      flags: '--frames <n>', sets: 'stream.frames', parse: readNumber, defaultText: 'no end',
      about: 'stop each camera when this many messages are acknowledged',
    },
    {
      flags: '--format <format>', sets: 'toMessage.format', defaultText: Object.keys(FORMATS)[0],
      about: `layout of the message: ${Object.keys(FORMATS).join(', ')}`,
    },
    {
      flags: '--topic <topic>', sets: 'publish.topic', parse: parseList, defaultText: `that of --to, or ${DEFAULT_TOPIC}`,
      about: '* topic on Kafka, stream on Redis',
    },
    {
      flags: '--message-key <key>', sets: 'toMessage.key', parse: parseList, defaultText: "the camera's key",
      about: '* key of the messages',
    },
    {
      flags: '--location <text>', sets: 'toMessage.location', parse: parseList,
      about: '* location of the camera',
    },
    {
      flags: '--group <text>', sets: 'toMessage.group', parse: parseList,
      about: '* a group that the camera belongs to',
    },
    { flags: '--name <text>', sets: 'toMessage.name', parse: parseList, about: '* display name of the camera' },
    {
      flags: '--service-id <id>', sets: 'toMessage.serviceId', defaultText: MATRICE.serviceId,
      about: 'matrice: the service that the messages are for',
    },
    {
      flags: '--strip-input-content', sets: 'toMessage.stripInputContent',
      about: 'matrice: leave the content out, and keep its hash',
    },
    {
      flags: '--unchanged <what>', sets: 'toMessage.unchanged', defaultText: 'skip',
      about: "for a frame that --skip-unchanged leaves out: 'skip' sends nothing, 'reference' a message that refers to the last full one",
    },
    {
      flags: '--header <name=value>', sets: 'toMessage.headers', parse: parsePairs,
      about: 'cloudevents: an additional header; may be repeated',
    },
    {
      flags: '--max-in-flight <n>', sets: 'publish.maxInFlight', parse: readNumber, defaultText: BROKER.maxInFlight,
      about: 'largest number of messages of one camera in a request',
    },
    {
      flags: '--outbox-bytes <bytes>', sets: 'publish.outbox.maxBytes', parse: parseBytes, defaultText: bytesText(OUTBOX.maxBytes),
      about: 'bytes kept for one camera while the broker is down',
    },
    {
      flags: '--outbox-messages <n>', sets: 'publish.outbox.maxMessages', parse: readNumber, defaultText: OUTBOX.maxMessages,
      about: 'messages kept for one camera while the broker is down',
    },
  ],
};

export const retryFlags: FlagGroup = {
  heading: 'Reconnecting:',
  flags: [
    {
      flags: '--retry-initial <ms>', sets: 'retry.initialMs', parse: readNumber, defaultText: RETRY.initialMs,
      about: 'first wait after a failure, in ms',
    },
    {
      flags: '--retry-max <ms>', sets: 'retry.maxMs', parse: readNumber, defaultText: RETRY.maxMs,
      about: 'longest wait, in ms',
    },
    {
      flags: '--retry-factor <n>', sets: 'retry.factor', parse: readNumber, defaultText: RETRY.factor,
      about: 'each wait is this many times the one before it',
    },
    {
      flags: '--retry-jitter <share>', sets: 'retry.jitter', parse: readNumber, defaultText: RETRY.jitter,
      about: 'share of each wait that is random, 0 to 1',
    },
    {
      flags: '--stable-after <ms>', sets: 'retry.stableAfterMs', parse: readNumber, defaultText: RETRY.stableAfterMs,
      about: 'time for which frames must arrive, in ms, until the next wait is the first one again',
    },
    {
      flags: '--no-retry', sets: 'stream.retry',
      about: 'end a camera at its first failure, with exit code 1',
    },
  ],
};
