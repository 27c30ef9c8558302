/** The atomic steps of a fleet on Redis, as Lua scripts. */

/**
 * A heartbeat: renews the member's lease, and acquires or renews the leader's. Returns whether the member is known, the leader's id,
 * the requested round, and the round of the plan.
 * Keys: member, leader, round, plan. Arguments: id, session in ms.
 */
export const HEARTBEAT = `
if redis.call('PEXPIRE', KEYS[1], ARGV[2]) == 0 then return {0, '', '0', '0'} end
if not redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) and redis.call('GET', KEYS[2]) == ARGV[1] then
  redis.call('PEXPIRE', KEYS[2], ARGV[2])
end
return {1, redis.call('GET', KEYS[2]), redis.call('GET', KEYS[3]) or '0', redis.call('HGET', KEYS[4], 'round') or '0'}
`;

/**
 * Writes the plan, if the writer is still the leader and no later round was requested. Returns whether it has.
 * Keys: leader, round, plan. Arguments: id, round, then fields and values.
 */
export const WRITE_PLAN = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] or redis.call('GET', KEYS[2]) ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[3])
redis.call('HSET', KEYS[3], 'round', ARGV[2], unpack(ARGV, 3))
return 1
`;

/** Leaving: deletes the member's leases, and requests a round. Returns its number. Keys: member, leader, members, round. Arguments: id. */
export const LEAVE = `
redis.call('DEL', KEYS[1])
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
redis.call('HDEL', KEYS[3], ARGV[1])
return redis.call('INCR', KEYS[4])
`;

/** A claim: returns its epoch, and the previous claimant of the slot, empty for none. Keys: epoch, owner. Arguments: claimant. */
export const CLAIM = `
local before = redis.call('GET', KEYS[2]) or ''
redis.call('SET', KEYS[2], ARGV[1])
return {redis.call('INCR', KEYS[1]), before}
`;
