--[[
Forget a job name that has no jobs.

KEYS  1 known_jobs; 2 its queue; 3… paused, max_concurrency, lock, lock_info
ARGV  1 the name

Returns 1 done, 0 not known, -1 the queue is not empty, or jobs are running.
]]
if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 0 then
	return 0
end
local running = tonumber(redis.call('GET', KEYS[5]) or 0) or 0
if redis.call('EXISTS', KEYS[2]) == 1 or running > 0 then
	return -1
end
redis.call('SREM', KEYS[1], ARGV[1])
redis.call('DEL', KEYS[3], KEYS[4], KEYS[5], KEYS[6])
return 1
