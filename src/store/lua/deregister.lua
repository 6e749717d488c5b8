--[[
Take a stopped pool off the books, if nothing of it is left in progress.

KEYS  1 worker_pools, 2 the pool's heartbeat; then per name: in progress, lock_info
ARGV  1 pool id

Returns the number of jobs still in progress; 0 means done.
]]
local left = 0
for i = 3, #KEYS, 2 do
	local n = redis.pcall('LLEN', KEYS[i])
	left = left + (type(n) == 'number' and n or 0)
end
if left > 0 then
	return left
end
redis.call('SREM', KEYS[1], ARGV[1])
redis.call('DEL', KEYS[2])
for i = 4, #KEYS, 2 do
	local share = redis.pcall('HGET', KEYS[i], ARGV[1])
	if type(share) == 'string' and (tonumber(share) or 0) <= 0 then
		redis.call('HDEL', KEYS[i], ARGV[1])
	end
end
return 0
