/** Flags of toMessage, publish and retry: what is sent, and what happens when it can't be. */
import { BROKER, OUTBOX, RETRY } from '../../defaults.js';
import { FORMATS } from '../../message/index.js';
import { type FlagGroup, bytes, list, number, pairs, shownBytes } from './flag.js';

/** Where messages go when neither the broker's address nor --topic says. */
export const DEFAULT_TOPIC = 'rxcam';

export const messageFlags: FlagGroup = {
  heading: 'Messages (those marked * once for all sources, or once for each in their order):',
  flags: [
    { flags: '--frames <n>', sets: 'stream.frames', parse: number, about: 'stop each camera when so many messages are sent and acknowledged', standard: 'no end' },
    { flags: '--format <format>', sets: 'toMessage.format', about: `layout of the message: ${Object.keys(FORMATS).join(', ')}`, standard: Object.keys(FORMATS)[0] },
    { flags: '--topic <topic>', sets: 'publish.topic', parse: list, about: '* topic on Kafka, stream on Redis', standard: `that of --to, else ${DEFAULT_TOPIC}` },
    { flags: '--message-key <key>', sets: 'toMessage.key', parse: list, about: '* key of the messages', standard: "the camera's key" },
    { flags: '--location <text>', sets: 'toMessage.location', parse: list, about: '* where the camera stands' },
    { flags: '--group <text>', sets: 'toMessage.group', parse: list, about: '* a group that the camera belongs to' },
    { flags: '--name <text>', sets: 'toMessage.name', parse: list, about: "* the camera's name for people" },
    { flags: '--header <name=value>', sets: 'toMessage.headers', parse: pairs, about: 'one more header; may be repeated' },
    { flags: '--max-in-flight <n>', sets: 'publish.maxInFlight', parse: number, about: 'messages of one camera in the request under way, at most', standard: BROKER.maxInFlight },
    { flags: '--outbox-bytes <bytes>', sets: 'publish.outbox.maxBytes', parse: bytes, about: 'bytes kept for one camera while the broker is down', standard: shownBytes(OUTBOX.maxBytes) },
    { flags: '--outbox-messages <n>', sets: 'publish.outbox.maxMessages', parse: number, about: 'messages kept for one camera while the broker is down', standard: OUTBOX.maxMessages },
  ],
};

export const retryFlags: FlagGroup = {
  heading: 'Reconnecting:',
  flags: [
    { flags: '--retry-initial <ms>', sets: 'retry.initial', parse: number, about: 'first wait after a failure, in ms', standard: RETRY.initial },
    { flags: '--retry-max <ms>', sets: 'retry.max', parse: number, about: 'longest wait, in ms', standard: RETRY.max },
    { flags: '--retry-factor <n>', sets: 'retry.factor', parse: number, about: 'each wait is this many times the one before it', standard: RETRY.factor },
    { flags: '--retry-jitter <share>', sets: 'retry.jitter', parse: number, about: 'share of each wait that is random, 0 to 1', standard: RETRY.jitter },
    { flags: '--stable-after <ms>', sets: 'retry.stableAfter', parse: number, about: 'frames must flow so long, in ms, before the waits start anew', standard: RETRY.stableAfter },
    { flags: '--no-retry', sets: 'stream.retry', about: 'end a camera at its first failure, with exit code 1' },
  ],
};
