--[[
Enqueue one job that must not be enqueued twice.

KEYS  1 the queue, or scheduled; 2 the unique key; 3 the once key (the queue
      again where a job has none)
ARGV  1 the job's bytes; 2 score (scheduled) or ''; 3 the unique key's value, ''
      for not unique; 4 seconds of the once key, '' for none; 5 a token of this
      call, the once key's value

once: a second job of the same id is refused; the answer is the first call's
token, by which a caller who repeats a call learns that it was its own.
unique: while an equal job waits, the new one is refused, the claim renewed
for 24 hours, and its value replaced: what runs is the last one enqueued.

Returns 1 enqueued, 0 refused as unique, or the token of the first call.
]]
local unique, once = ARGV[3] ~= '', ARGV[4] ~= ''
if once then
	local first = redis.pcall('GET', KEYS[3])
	if type(first) == 'string' then
		return first
	end
end
local renewed = false
if unique then
	renewed = not redis.call('SET', KEYS[2], ARGV[3], 'NX', 'EX', 86400)
	if renewed then
		redis.call('SET', KEYS[2], ARGV[3], 'EX', 86400)
	end
end
if not renewed then
	local put
	if ARGV[2] == '' then
		put = redis.pcall('LPUSH', KEYS[1], ARGV[1])
	else
		put = redis.pcall('ZADD', KEYS[1], ARGV[2], ARGV[1])
	end
	if type(put) ~= 'number' then
		if unique then
			redis.call('DEL', KEYS[2])
		end
		return put
	end
end
if once and not renewed then
	redis.call('SET', KEYS[3], ARGV[5], 'EX', ARGV[4])
end
return renewed and 0 or 1
