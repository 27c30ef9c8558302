/** Options of kafkajs for the connections of a reader. */
import type { ISocketFactory, KafkaConfig } from 'kafkajs';
import type { KafkaOptions } from '../options.js';

/** No retries within kafkajs: the reading reconnects. */
export function kafkajsOptions(
  { clientId, ssl, sasl, connectTimeoutMs, requestTimeoutMs }: KafkaOptions, brokers: () => Promise<string[]>, socketFactory: ISocketFactory,
): KafkaConfig {
  return {
    // A copy: kafkajs writes its authentication provider into the object.
    clientId, ssl, ...(sasl && { sasl: { ...sasl } }), brokers, socketFactory,
    connectionTimeout: connectTimeoutMs, authenticationTimeout: connectTimeoutMs, requestTimeout: requestTimeoutMs, retry: { retries: 0 },
  };
}
