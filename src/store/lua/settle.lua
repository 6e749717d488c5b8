--[[
Settle jobs by value: take each out of the in-progress list, release its lock,
and put it where it belongs now. A job that is not in the list any more belongs
to somebody else: nothing is touched, so repeating the step is harmless.

KEYS  1 retry, 2 dead, 3 scheduled, 4 quarantine; then per queue: queue,
      in progress, lock, lock_info
ARGV  1 pool id; then per job: queue number (from 1), fate, the bytes as they
      stand in progress, score, the bytes to keep

Fates: ack         nothing remains
       retry, dead, scheduled    into that set with score
       front       back to the front of its queue
       quarantine  the bytes as they are into quarantine, the readable stand-in into dead

Returns per job 1 done, 0 not in the list, or the text of the error that kept it
in progress (the target has the wrong type).
]]
local pool, reply, freed = ARGV[1], {}, {}
local trouble

local function settle_as(fate, queue, bytes, score, kept)
	if fate == 'retry' then
		return redis.pcall('ZADD', KEYS[1], score, kept)
	elseif fate == 'dead' then
		return redis.pcall('ZADD', KEYS[2], score, kept)
	elseif fate == 'scheduled' then
		return redis.pcall('ZADD', KEYS[3], score, kept)
	elseif fate == 'front' then
		return redis.pcall('RPUSH', KEYS[queue], bytes)
	elseif fate == 'quarantine' then
		local put = redis.pcall('RPUSH', KEYS[4], bytes)
		if type(put) == 'number' then
			put = redis.pcall('ZADD', KEYS[2], score, kept)
			if type(put) ~= 'number' then
				redis.call('RPOP', KEYS[4])
			end
		end
		return put
	end
	return 1
end

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

for at = 2, #ARGV, 5 do
	local queue = 1 + tonumber(ARGV[at]) * 4
	local bytes = ARGV[at + 2]
	local removed = redis.pcall('LREM', KEYS[queue + 1], -1, bytes)
	local result = 0
	if type(removed) == 'table' and string.sub(removed.err, 1, 9) ~= 'WRONGTYPE' then
		trouble = removed -- a replica, a full disk, …: not done, and not somebody else's
		break
	end
	if removed == 1 then
		local put = settle_as(ARGV[at + 1], queue, bytes, ARGV[at + 3], ARGV[at + 4])
		if type(put) == 'number' then
			result = 1
			freed[queue] = (freed[queue] or 0) + 1
		else
			redis.call('RPUSH', KEYS[queue + 1], bytes)
			result = put.err
		end
	end
	reply[#reply + 1] = result
end
for queue, n in pairs(freed) do
	release(KEYS[queue + 2], KEYS[queue + 3], n)
end
return trouble or reply
