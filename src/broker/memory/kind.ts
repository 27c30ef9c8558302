/** The embedded broker, as a kind of broker. */
import { MEMORY, OUTBOX } from '../../core/defaults/defaults.js';
import { type BrokerKind, topicOf } from '../kind/index.js';
import { MEMORY_SCHEMA, memory } from './memory.js';

export const memoryKind = {
  title: 'The embedded broker',
  schemes: ['memory'],
  form: 'memory:',
  secrets: 'none',
  hosts: 'none',
  configOf: (_, options) => options,
  open: (address, options) => ({ broker: memory(options), topic: topicOf(address) }),
  flags: [
    {
      flags: '--memory-messages <n>', option: 'maxMessages', takes: 'number', defaultText: MEMORY.maxMessages,
      about: 'messages kept for one topic',
    },
    {
      flags: '--memory-bytes <bytes>', option: 'maxBytes', takes: 'bytes', defaultText: MEMORY.maxBytes,
      about: 'bytes kept for one topic',
    },
  ],
  inAddress: [],
  config: 'MemoryConfig',
  schema: MEMORY_SCHEMA,
  make: memory,
  required: {},
  defaults: () => ({ ...MEMORY, outboxMaxBytes: OUTBOX.handleMaxBytes }),
} as const satisfies BrokerKind;
