-- KEYS visits, the hashes of the person's visitors
-- ARGV ms after which who left is gone
-- Answers the hash, and when the latest visit ended: 0 if it may go on.
local t = redis.call('TIME')
local at = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
local gap = 30 * 60 * 1000
local all = redis.call('HGETALL', KEYS[1])
local last = tonumber(redis.call('HGET', KEYS[1], 'last'))
if not last then return {all, 0} end
local here, left = false, 0
for i = 2, #KEYS do
  local p = redis.call('HMGET', KEYS[i], 'online', 'n', 'left')
  here = here or (p[1] == '1' and (tonumber(p[2]) or 0) > 0)
  left = math.max(left, tonumber(p[3]) or 0)
end
local over = at - last >= gap or (not here and left > 0 and at - left >= tonumber(ARGV[1]))
if not over then return {all, 0} end
if not here and left > last and left - last < gap then last = left end
return {all, last}
