-- KEYS the hashes of agents
-- ARGV ms after which who is offline has stayed away
-- Answers 1 if all of them have, else 0.
local t = redis.call('TIME')
local at = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
for _, key in ipairs(KEYS) do
  local a = redis.call('HMGET', key, 'online', 'held', 'left')
  if a[1] == '1' or a[2] == '1' or at - (tonumber(a[3]) or 0) < tonumber(ARGV[1]) then return 0 end
end
return 1
