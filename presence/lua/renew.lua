-- KEYS nodes
-- ARGV lease, ttl ms, longest stretch without a sweep, 1 if the node slept
-- Extends a lease that is there; makes none. Answers 1, or 0 if it is lost.
local member = 'l:' .. ARGV[1]
local ends = redis.call('ZSCORE', nodes, member)
if not ends then return 0 end
if tonumber(ends) <= at and (ARGV[4] == '1' or not blind(ARGV[3])) then return 0 end
redis.call('ZADD', nodes, text(at + tonumber(ARGV[2])), member)
return 1
