/** What kafkajs is given for each connection that reads, whatever reads it. */
import type { ISocketFactory, KafkaConfig } from 'kafkajs';
import type { KafkaOptions } from '../options.js';

/** Nothing is tried again within kafkajs: the reading connects again. */
export function kafkajsOptions(
  { clientId, ssl, sasl, connectTimeoutMs, requestTimeoutMs }: KafkaOptions, brokers: () => Promise<string[]>, socketFactory: ISocketFactory,
): KafkaConfig {
  return {
    // A copy: kafkajs writes the provider that it has made of the credentials into the object it is given.
    clientId, ssl, ...(sasl && { sasl: { ...sasl } }), brokers, socketFactory,
    connectionTimeout: connectTimeoutMs, authenticationTimeout: connectTimeoutMs, requestTimeout: requestTimeoutMs, retry: { retries: 0 },
  };
}
