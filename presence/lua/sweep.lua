-- KEYS nodes
-- ARGV longest stretch without a sweep, ttl ms, claim ms, limit
-- Takes what is due, and makes it due again after the claim unless it is finished. Answers the dead leases and the
-- accounts in which somebody is due.
local unjudged = blind(ARGV[1])
redis.call('ZADD', nodes, text(at), 's')
if unjudged then
  -- A lease that runs out in a moment could not be renewed either, and the next sweep is not blind any more.
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', nodes, '-inf', text(at + tonumber(ARGV[2])))) do
    if string.sub(member, 1, 2) == 'l:' then redis.call('ZADD', nodes, text(at + tonumber(ARGV[2])), member) end
  end
end
local claim = text(at + tonumber(ARGV[3]))
local dead, accounts = {}, {}
for _, member in ipairs(redis.call('ZRANGEBYSCORE', nodes, '-inf', text(at), 'LIMIT', 0, ARGV[4])) do
  local kind, id = string.sub(member, 1, 2), string.sub(member, 3)
  if kind == 'l:' or kind == 'd:' then
    redis.call('ZREM', nodes, 'l:' .. id)
    redis.call('ZADD', nodes, claim, 'd:' .. id)
    dead[#dead + 1] = id
  elseif kind == 'a:' or kind == 'k:' then
    redis.call('ZREM', nodes, 'a:' .. id)
    redis.call('ZADD', nodes, claim, 'k:' .. id)
    accounts[#accounts + 1] = id
  end
end
return {dead, accounts}
