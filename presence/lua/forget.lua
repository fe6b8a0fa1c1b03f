-- KEYS hash, trail, due, roster, conns, threads, the visitor's own visits
-- ARGV person, id
-- Erases a visitor. Answers whether he was here, and the hash as it was, offline.
local here = get('online') == '1'
if here then
  changed(now())
  redis.call('HSET', person, 'online', 0)
end
local all = redis.call('HGETALL', person)
for i = 1, #all, 2 do
  if string.sub(all[i], 1, 2) == 'c:' then
    redis.call('ZREM', KEYS[5], all[i + 1] .. ' ' .. ARGV[1] .. ' ' .. string.sub(all[i], 3))
  end
end
redis.call('ZREM', KEYS[6], get('thread') .. ' ' .. ARGV[2])
redis.call('DEL', person, KEYS[2], KEYS[7])
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[4], ARGV[2])
return {here and 1 or 0, all}
