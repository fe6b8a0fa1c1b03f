-- KEYS nodes
-- ARGV node, ttl ms, former lease or '', ms after which what still hangs on that is removed once more
-- Answers the new lease. A former one never comes back.
local since = at
while redis.call('ZSCORE', nodes, 'l:' .. ARGV[1] .. '@' .. text(since)) or
      redis.call('ZSCORE', nodes, 'd:' .. ARGV[1] .. '@' .. text(since)) do
  since = since + 1
end
local lease = ARGV[1] .. '@' .. text(since)
redis.call('ZADD', nodes, text(at + tonumber(ARGV[2])), 'l:' .. lease)
if ARGV[3] ~= '' then
  redis.call('ZREM', nodes, 'l:' .. ARGV[3])
  redis.call('ZADD', nodes, text(at + tonumber(ARGV[4])), 'd:' .. ARGV[3])
end
return lease
