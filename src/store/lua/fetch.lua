--[[
Move jobs from their queues to this pool's in-progress lists, in one step with
the counts, so that a crash between the two cannot lose a job.

KEYS  1        the pool's heartbeat
      2…       per job name, in the order to try: queue, in progress, paused,
               max_concurrency, lock, lock_info
ARGV  1        pool id
      2        jobs wanted in all
      3        jobs wanted of names that have a limit: workers idle now
      4        most bytes to move; one job is moved whatever its size
      5…       for the first names: the share of each in what is wanted

Returns {0} when the pool was declared dead (no heartbeat), else
{1, blocked, index, {job, …}, index, {job, …} …}: index counts names from 1,
jobs in the order taken, oldest first. blocked is 1 when a name has jobs that a
pause, a limit, or a count of the wrong type holds back.

A key of the wrong type makes that name be passed over, untouched. Everything
is counted and pushed before the queue is trimmed, so an error half-way leaves
a job twice rather than nowhere. The first write is one that Redis permits at
full memory; the rest then passes too.
]]
local pool, want, idle, budget = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local names = (#KEYS - 1) / 6
local reply, blocked, moved_any = {1, 0}, 0, false
local chunk_first, chunk_most = 32, 1000

if redis.call('EXISTS', KEYS[1]) == 0 then
	return {0}
end

local function failed(result)
	return type(result) == 'table' and result.err ~= nil
end

-- How many jobs of the name at KEYS[at] may be taken now.
local function available(at)
	local waiting = redis.pcall('LLEN', KEYS[at])
	if type(waiting) ~= 'number' or waiting == 0 then
		return 0
	end
	if redis.call('EXISTS', KEYS[at + 2]) == 1 then
		blocked = 1
		return 0
	end
	local set = redis.call('MGET', KEYS[at + 3], KEYS[at + 4])
	local limit = tonumber(set[1] or 0)
	if not limit or limit <= 0 then
		return waiting
	end
	local free = math.min(limit - (tonumber(set[2] or 0) or 0), idle)
	if free < waiting then
		blocked = 1
	end
	return math.max(0, math.floor(math.min(waiting, free))), true
end

-- Count n more running jobs; false, with nothing changed, when a key has the wrong type.
local function count(at, n)
	if failed(redis.pcall('INCRBY', KEYS[at + 4], n)) then
		return false
	end
	if failed(redis.pcall('HINCRBY', KEYS[at + 5], pool, n)) then
		redis.call('DECRBY', KEYS[at + 4], n)
		return false
	end
	return true
end

-- Move up to n jobs, as far as the budget goes; append them to list.
local function move(at, n, list)
	local jobs = redis.call('LRANGE', KEYS[at], -n, -1)
	local taken, bytes = {}, 0
	for i = #jobs, 1, -1 do
		bytes = bytes + #jobs[i]
		if bytes > budget and (moved_any or #taken > 0) then
			break
		end
		taken[#taken + 1] = jobs[i]
	end
	local k = #taken
	if k == 0 then
		budget = 0
		return 0
	end
	redis.call('HDEL', KEYS[1], '')
	if not count(at, k) then
		blocked = 1
		return 0
	end
	if failed(redis.pcall('LPUSH', KEYS[at + 1], unpack(taken))) then
		redis.call('DECRBY', KEYS[at + 4], k)
		redis.call('HINCRBY', KEYS[at + 5], pool, -k)
		return 0
	end
	redis.call('LTRIM', KEYS[at], 0, -(k + 1))
	for i = 1, k do
		list[#list + 1] = taken[i]
	end
	budget, moved_any = budget - bytes, true
	return k
end

local lists = {}

-- Take up to most jobs of the i-th name, in pieces that know the size of what came before.
local function take(i, most)
	local at = 2 + (i - 1) * 6
	local n, limited = available(at)
	local list = lists[i] or {}
	local left, chunk = math.min(n, most), chunk_first
	while left > 0 and budget > 0 do
		local before = budget
		local k = move(at, math.min(left, chunk), list)
		if k == 0 then
			break
		end
		left, want = left - k, want - k
		if limited then
			idle = idle - k
		end
		local each = math.max(1, (before - budget) / k)
		chunk = math.max(1, math.min(chunk_most, math.floor(budget / each)))
	end
	if #list > 0 and not lists[i] then
		lists[i] = list
		reply[#reply + 1] = i
		reply[#reply + 1] = list
	end
end

for i = 5, #ARGV do
	take(i - 4, math.min(want, tonumber(ARGV[i])))
end
for i = 1, names do
	if want <= 0 or budget <= 0 then
		break
	end
	take(i, want)
end
reply[2] = blocked
return reply
