-- KEYS hash, conns, due, agents, timers
-- ARGV person, id, connection, lease, name, timer
-- Answers whether others must hear of it, and the hash.
local before = status()
attach(KEYS[2], KEYS[3], ARGV[1], ARGV[3], ARGV[4])
redis.call('ZADD', KEYS[4], 0, ARGV[2])
redis.call('ZREM', KEYS[5], ARGV[6])
redis.call('HSET', person, 'online', 1)
local told = before ~= status() or (ARGV[5] ~= '' and get('name') ~= ARGV[5])
if ARGV[5] ~= '' then redis.call('HSET', person, 'name', ARGV[5]) end
if told then changed(now()) end
return {told and 1 or 0, redis.call('HGETALL', person)}
