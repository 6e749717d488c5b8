--[[
Remove finished jobs from in-progress lists by their position, which costs a
tenth of removing them by value, and release their locks.

An in-progress list is in the order of fetching, the oldest at its tail. The
caller knows what it should hold: the list's length, and the job that stands
`window` places from the tail. Only when both are as expected is the list what
the caller thinks, and the window is cut off, but for the jobs in it that still
run (the survivors), which go back to the tail in their order.

KEYS  per queue: in progress, lock, lock_info
ARGV  1 pool id; then per queue: length, window, the job at the window's far
      end, number of survivors, and each survivor's place from the tail,
      farthest first

Returns per queue 1, or 0 when the list was otherwise: nothing was touched, and
the jobs must be settled by value.
]]
local pool, at, reply = ARGV[1], 2, {}

local function release(lock, info, n)
	local left = redis.pcall('DECRBY', lock, n)
	if type(left) == 'number' and left < 0 then
		redis.call('SET', lock, 0)
	end
	local share = redis.pcall('HINCRBY', info, pool, -n)
	if type(share) == 'number' and share <= 0 then
		redis.call('HDEL', info, pool)
	end
end

for q = 1, #KEYS, 3 do
	local list = KEYS[q]
	local length, window = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
	local far, kept = ARGV[at + 2], tonumber(ARGV[at + 3])
	local ok = redis.pcall('LLEN', list) == length and redis.call('LINDEX', list, -window) == far
	if ok then
		local survivors = {}
		for i = 1, kept do
			survivors[i] = redis.call('LINDEX', list, -tonumber(ARGV[at + 3 + i]))
		end
		redis.call('LTRIM', list, 0, -(window + 1))
		if kept > 0 then
			redis.call('RPUSH', list, unpack(survivors))
		end
		release(KEYS[q + 1], KEYS[q + 2], window - kept)
	end
	reply[#reply + 1] = ok and 1 or 0
	at = at + 4 + kept
end
return reply
