/** The interface of a kind of broker, and the form of its address. */
export { type BrokerAddress, addressOf, topicOf } from './address.js';
export type { BrokerFlag, BrokerFlagValues, BrokerKind, BrokerSurroundings, BrokerTarget, Examined, ExaminedTopics } from './kind.js';
