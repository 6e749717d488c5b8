--[[
Say that this pool lives, in one step (fault F20 of gocraft/work).

KEYS  1 worker_pools, 2 the pool's heartbeat
ARGV  1 pool id; 2 '1' to register, '0' to go on; 3… fields and values

Returns 1, or 0 when the pool should be there but is not: another pool declared
it dead. Nothing is written then.
]]
if ARGV[2] == '0' and redis.call('EXISTS', KEYS[2]) == 0 then
	return 0
end
redis.call('SREM', KEYS[1], '')
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[2], unpack(ARGV, 3))
return 1
