--[[
Move due jobs out of scheduled or retry. The caller has read them and planned
each one's new bytes; a job that is gone meanwhile was moved by another pool.

KEYS  1 the set; 2 dead; 3 quarantine; 4… the queues
ARGV  1 the time, 2 the time to try again; then per job: queue number (from 1),
      or 0 for dead, or -1 for quarantine; the member; the bytes to keep

Returns how many were moved. A job whose queue has the wrong type stays, to be
tried again later: it must not keep those behind it from being seen.
]]
local moved = 0
for at = 3, #ARGV, 3 do
	local queue, member, kept = tonumber(ARGV[at]), ARGV[at + 1], ARGV[at + 2]
	if redis.call('ZREM', KEYS[1], member) == 1 then
		local put
		if queue > 0 then
			put = redis.pcall('LPUSH', KEYS[3 + queue], kept)
		else
			put = queue < 0 and redis.pcall('RPUSH', KEYS[3], member) or 1
			if type(put) == 'number' then
				put = redis.pcall('ZADD', KEYS[2], ARGV[1], kept)
				if queue < 0 and type(put) ~= 'number' then
					redis.call('RPOP', KEYS[3])
				end
			end
		end
		if type(put) == 'number' then
			moved = moved + 1
		else
			redis.call('ZADD', KEYS[1], ARGV[2], member)
		end
	end
end
return moved
