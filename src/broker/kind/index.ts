/** The interface of a kind of broker, and the form of its address. */
export { type BrokerAddress, addressOf, topicOf } from './address.js';
export type { BrokerFlag, BrokerFlagValues, BrokerKind, BrokerSurroundings, BrokerTarget } from './kind.js';
