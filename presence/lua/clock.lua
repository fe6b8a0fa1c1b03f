-- Shared by the scripts about nodes; KEYS[1] says what falls due when.
local nodes = KEYS[1]
local t = redis.call('TIME')
local at = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
local function text(n) return string.format('%.0f', n) end

-- Who could not look may not judge: after a stretch in which nobody swept, because the store was away, leases that
-- ran out meanwhile count as not judged yet.
local function blind(longest)
  local swept = tonumber(redis.call('ZSCORE', nodes, 's') or at)
  return at - swept > tonumber(longest)
end
