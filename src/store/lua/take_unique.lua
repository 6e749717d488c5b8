--[[
End a unique job's claim when its handler is about to start, and take over the
newest arguments in the same step (fault F2 of gocraft/work). The job that will
run replaces the fetched one in progress, in its place, so that a crash after
this runs the new arguments and not the old ones.

KEYS  1 the unique key, 2 in progress
ARGV  1 the value the caller has read; 2 the job as fetched; 3 the job to run
      instead, or '' to run the fetched one

Returns 1 done; 0 the value has changed, read it again; -1 the fetched job is
not in progress any more: the pool was declared dead, nothing was touched.
]]
if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then
	return 0
end
if ARGV[3] == '' or ARGV[3] == ARGV[2] then
	redis.call('DEL', KEYS[1])
	return 1
end
local ttl = redis.call('PTTL', KEYS[1])
redis.call('DEL', KEYS[1])
if redis.call('LINSERT', KEYS[2], 'BEFORE', ARGV[2], ARGV[3]) <= 0 then
	if ttl > 0 then
		redis.call('SET', KEYS[1], ARGV[1], 'PX', ttl)
	else
		redis.call('SET', KEYS[1], ARGV[1])
	end
	return -1
end
redis.call('LREM', KEYS[2], 1, ARGV[2])
return 1
