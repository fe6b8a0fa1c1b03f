-- KEYS hash, due, roster, timers, threads, the visitor's list of conversations
-- ARGV person, id, timer without the thread, ms until it is due, keep ms without a conversation
-- Says that a visitor is gone, if that is so by now. Answers whether others must hear of it, and the hash.
local at = now()
local due = redis.call('ZSCORE', KEYS[2], ARGV[1])
if not due or tonumber(due) > at then return {0, {}} end
redis.call('ZREM', KEYS[2], ARGV[1])
if (tonumber(get('n')) or 0) > 0 or get('online') ~= '1' then return {0, {}} end
redis.call('HSET', person, 'online', 0)
redis.call('ZREM', KEYS[3], ARGV[2])
leaveThread(KEYS[5], get('thread'), ARGV[2], KEYS[4], ARGV[3], at + tonumber(ARGV[4]))
changed(at)
if redis.call('EXISTS', KEYS[6]) == 0 then redis.call('PEXPIRE', person, ARGV[5]) end
return {1, redis.call('HGETALL', person)}
