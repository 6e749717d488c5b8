--[[
Make job names known and set their limits, when a pool starts.

KEYS  1 known_jobs; 2… max_concurrency of each name
ARGV  per name: the name, the limit
]]
for i = 2, #KEYS do
	redis.call('SREM', KEYS[1], '')
	redis.call('SADD', KEYS[1], ARGV[(i - 2) * 2 + 1])
	redis.call('SET', KEYS[i], ARGV[(i - 2) * 2 + 2])
end
return 1
