-- KEYS hash, conns, due
-- ARGV person, connection, grace ms
-- Answers the moment at which the person counts as gone, or 0 if he does not.
local lease = get('c:' .. ARGV[2])
if lease == '' then return 0 end
redis.call('HDEL', person, 'c:' .. ARGV[2])
redis.call('ZREM', KEYS[2], lease .. ' ' .. ARGV[1] .. ' ' .. ARGV[2])
local left = redis.call('HINCRBY', person, 'n', -1)
if left > 0 or get('online') ~= '1' then return 0 end
local at = now()
redis.call('HSET', person, 'left', text(at))
local gone = at + tonumber(ARGV[3])
redis.call('ZADD', KEYS[3], text(gone), ARGV[1])
return gone
