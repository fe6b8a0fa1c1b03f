-- KEYS hash, due, timers
-- ARGV person, timer, ms until it is due
-- Says that an agent is gone, if that is so by now. Answers whether others must hear of it, and the hash.
local at = now()
local due = redis.call('ZSCORE', KEYS[2], ARGV[1])
if not due or tonumber(due) > at then return {0, {}} end
redis.call('ZREM', KEYS[2], ARGV[1])
if (tonumber(get('n')) or 0) > 0 then return {0, {}} end
local before = status()
redis.call('HSET', person, 'online', 0)
local told = before ~= status()
if status() == 'offline' then redis.call('ZADD', KEYS[3], text(at + tonumber(ARGV[3])), ARGV[2]) end
if told then changed(at) end
return {told and 1 or 0, redis.call('HGETALL', person)}
