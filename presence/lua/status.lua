-- KEYS hash, agents, timers
-- ARGV id, name, status, held, timer, ms until it is due
-- Held is a status only of somebody who is not connected: whoever is goes offline with his last connection.
-- Answers whether others must hear of it, and the hash.
local before = status()
local alone = (tonumber(get('n')) or 0) <= 0
redis.call('ZADD', KEYS[2], 0, ARGV[1])
redis.call('HSET', person, 'chosen', ARGV[3], 'held', (ARGV[4] == '1' and alone) and 1 or 0)
if ARGV[2] ~= '' then redis.call('HSET', person, 'name', ARGV[2]) end
local told = before ~= status()
if status() ~= 'offline' then
  redis.call('ZREM', KEYS[3], ARGV[5])
elseif told then -- what was held is not any more
  local at = now()
  redis.call('HSET', person, 'left', text(at))
  redis.call('ZADD', KEYS[3], text(at + tonumber(ARGV[6])), ARGV[5])
end
if told then changed(now()) end
return {told and 1 or 0, redis.call('HGETALL', person)}
