/** The interface of a kind of broker, and the form of its address. */
export { type BrokerAddress, addressOf, topicOf } from './address.js';
export type { BrokerFlag, BrokerFlagValues, BrokerKind, CommandLineContext, BrokerTarget, ServerLimits, DoctorTopics } from './kind.js';
