/** The embedded broker: bounded topics in memory. */
export { memoryKind } from './kind.js';
export { type MemoryBroker, type MemoryConfig, memory } from './memory.js';
export type { StoredMessage } from './stored.js';
