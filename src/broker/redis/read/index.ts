/** Readers of Redis: without a group, or as a member of one. */
export { redisReader } from './redis.js';
