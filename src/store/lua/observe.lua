--[[
Write what a worker is running, or that it runs nothing. A new job's fields
never mix with an earlier one's (fault F10 of gocraft/work).

KEYS  1 the worker's observation
ARGV  1 seconds to keep it; 2… fields and values; none: the worker is idle
]]
redis.call('DEL', KEYS[1])
if #ARGV > 1 then
	redis.call('HSET', KEYS[1], unpack(ARGV, 2))
	redis.call('EXPIRE', KEYS[1], ARGV[1])
end
return 1
