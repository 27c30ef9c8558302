/** Brokers to coordinate a fleet by; each call gives another connection to the same. */
import { type Broker, kafka, memory, redis } from '../../../src/broker/index.js';
import { sharedKafka, sharedRedis } from '../../services/index.js';

export const SUBJECTS: Readonly<Record<string, () => Promise<() => Broker>>> = {
  memory: () => {
    const broker = memory();
    return Promise.resolve(() => broker);
  },
  kafka: async () => {
    const { host, port } = await sharedKafka();
    return () => kafka({ brokers: [`${host}:${port}`] });
  },
  redis: async () => {
    const { url } = await sharedRedis();
    return () => redis({ url });
  },
};
