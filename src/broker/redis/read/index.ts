/** Readers of Redis: alone, or as a member of a group. */
export { redisReader } from './redis.js';
