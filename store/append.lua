-- append 1: keeps entries of one thread, numbers them, announces them. All or nothing.
--
-- KEYS  1 log  2 thread  3 feed  4 inbox
--       and if the state changes: 5 conversation  6 its list  7, 8 the other lists  9 list of all  10 the visitor's list
-- ARGV  1 publish command  2 channel  3 expected version, '' of a new thread, '*' for any  4 dedupe field or ''  5 hash of the body
--       6 thread  7 time of the main entry  8 number of entries  9 which one is the main one
--       10 new state or ''  11 conversation or ''  12 start of the conversation
--       13.. seven for each entry: eid, class (0 public, 1 private, v a visitor's message), hash, tail of the bell's
--       header, JSON, JSON for lists or '', side that wrote by hand (va, aa or '')
--
-- Answers {'ok'|'known', seq, eid, at, version}, {'conflict'}, {'stale', version, state, owner}, {'erased'}.
local log, thread, feed, inbox = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local firstEntry, perEntry = 13, 7

local function int(n) return string.format('%.0f', n) end

local was = redis.call('HMGET', thread, ARGV[4], 'top', 'version', 'unread', 'erased', 'topEid')
local version = was[3] or ''

if was[5] then return {'erased'} end

if was[1] then
  local seq, eid, hash, at = string.match(was[1], '^(%d+) (%S+) (%S+) (%d+)$')
  if hash ~= ARGV[5] then return {'conflict'} end
  return {'known', seq, eid, at, version}
end
if ARGV[3] ~= '*' and ARGV[3] ~= version then
  local now = redis.call('HMGET', thread, 'state', 'owner')
  return {'stale', version, now[1] or '', now[2] or ''}
end

local head = redis.call('HMGET', feed, 'n', 'e')
local n, prev = tonumber(head[1] or '0'), head[2] or '-'
local seq, eid, before = tonumber(was[2] or '0'), '', was[6] or '-'
local unread = tonumber(was[4] or '0')
local mainSeq, mainEID
local set = {}
local function put(field, value) set[#set + 1] = field; set[#set + 1] = value end

for i = 1, tonumber(ARGV[8]) do
  local at = firstEntry + (i - 1) * perEntry
  local class, hash, tail, json = ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
  local last, side = ARGV[at + 5], ARGV[at + 6]
  eid, seq, n = ARGV[at], seq + 1, n + 1
  local number = int(seq)
  local sum = string.sub(redis.sha1hex(number .. ':' .. hash), 1, 16)
  redis.call('XADD', log, number .. '-0', 'e', json, 's', sum, 'p', class, 'i', eid)
  redis.call(ARGV[1], ARGV[2], 'E ' .. int(n) .. ' ' .. prev .. ' ' .. number .. ' ' .. eid .. ' ' .. tail .. ' ' .. before .. '\n' .. json)
  prev, before = eid, eid
  if i == tonumber(ARGV[9]) then mainSeq, mainEID = number, eid end
  if last ~= '' and ARGV[11] ~= '' then put('last:' .. ARGV[11], number .. ' ' .. last) end
  if side ~= '' and ARGV[11] ~= '' then put(side .. ':' .. ARGV[11], ARGV[7]) end
  if class == 'v' then
    unread = unread + 1
    put('unread', int(unread)); put('lastVisitorSeq', number)
  elseif side == 'aa' then
    unread = 0
    put('unread', '0')
  end
end

if ARGV[10] ~= '' then
  version = eid -- an identity: a count could come again after a failover, for another state
  put('version', version); put('state', ARGV[10])
  redis.call('SET', KEYS[5], ARGV[10])
  redis.call('ZADD', KEYS[6], int(n), ARGV[11])
  redis.call('ZREM', KEYS[7], ARGV[11])
  redis.call('ZREM', KEYS[8], ARGV[11])
  redis.call('ZADD', KEYS[9], int(n), ARGV[11])
  redis.call('ZADD', KEYS[10], ARGV[12], ARGV[11])
end
if ARGV[4] ~= '' then put(ARGV[4], mainSeq .. ' ' .. mainEID .. ' ' .. ARGV[5] .. ' ' .. ARGV[7]) end
put('top', int(seq)); put('topEid', eid)
redis.call('HSET', thread, unpack(set))
redis.call('HSET', feed, 'n', int(n), 'e', prev)
redis.call('ZADD', inbox, int(n), ARGV[6])
return {'ok', mainSeq, mainEID, ARGV[7], version}
