-- mark 2: lets a marker of one person rise, never above the top and never back, and announces it if it rose.
--
-- KEYS  1 log  2 thread  3 markers  4 feed  5 inbox
-- ARGV  1 publish command  2 channel  3 thread  4 person  5 JSON of the person  6 delivered  7 seen
--       8 identity of the bell  9 '1' for agents, whose reading empties the visitor's unread count
--
-- Answers 1 if the marker rose, else 0.
local function int(n) return string.format('%.0f', n) end

local thread = redis.call('HMGET', KEYS[2], 'top', 'agentSeen', 'lastVisitorSeq')
local top = tonumber(thread[1] or '0')
local was = redis.call('HGET', KEYS[3], ARGV[4]) or '0 0 '
local delivered, seen = string.match(was, '^(%d+) (%d+) ')
delivered, seen = tonumber(delivered), tonumber(seen)
local wantSeen = math.min(tonumber(ARGV[7]), top)
local wantDelivered = math.max(math.min(tonumber(ARGV[6]), top), wantSeen)
if wantDelivered <= delivered and wantSeen <= seen then return 0 end
delivered, seen = math.max(delivered, wantDelivered), math.max(seen, wantSeen)

redis.call('HSET', KEYS[3], ARGV[4], int(delivered) .. ' ' .. int(seen) .. ' ' .. ARGV[5])
if ARGV[9] == '1' and seen > tonumber(thread[2] or '0') then
  local unread = 0
  if seen < tonumber(thread[3] or '0') then
    local later = redis.call('XRANGE', KEYS[1], int(seen + 1) .. '-0', '+', 'COUNT', 300)
    for _, entry in ipairs(later) do
      if string.find(entry[2][2], '^%S+ v ') then unread = unread + 1 end
    end
  end
  redis.call('HSET', KEYS[2], 'agentSeen', int(seen), 'unread', int(unread))
end

local head = redis.call('HMGET', KEYS[4], 'n', 'e')
local n, prev = int(tonumber(head[1] or '0') + 1), head[2] or '-'
local marker = '{"who":' .. ARGV[5] .. ',"delivered":' .. int(delivered) .. ',"seen":' .. int(seen) .. '}'
redis.call(ARGV[1], ARGV[2], 'M ' .. n .. ' ' .. prev .. ' 0 ' .. ARGV[8] .. ' 0 - ' .. ARGV[3] .. ' - -\n' .. marker)
redis.call('HSET', KEYS[4], 'n', n, 'e', ARGV[8])
redis.call('ZADD', KEYS[5], n, ARGV[3])
return 1
