-- append 5: keeps entries, numbers them, announces them: the commits of one account that travel together, one after the
-- other. Each is done whole or not at all, and none waits for another's success.
--
-- KEYS  1 feed  2 inbox  3 outbox  4 where messages are, then for each commit: log, thread, and if a conversation's state
--       changes: conversation, its list, two other lists, list of all, the visitor's list
-- ARGV  1 publish command  2 channel, then for each commit thirteen fields and seven for each of its entries:
--       expected version ('' of a new thread)  dedupe field or ''  hash of the body  thread  time of the main entry
--       number of entries  which one is the main one  new state or ''  conversation or ''  start of the conversation
--       number that the log must end with, or ''
--       e or d (changed, deleted) and the message of which the main entry says so, or ''  e if it is not the thread's last one, or ''
--       entry: eid, class (0 public, 1 private, v a visitor's message), hash, tail of the bell's header, JSON,
--       'm' for messages, side that wrote by hand (va, aa or '')
--
-- Answers for each commit {'ok', seq, eid}, {'known', seq, eid, at, version}, {'conflict'}, {'stale', version, state, owner}, {'behind'}, {'erased'},
-- {'deleted'} of a message that was before, {'broken', error}.
local call, pcall, format = redis.call, redis.pcall, string.format
local keys, args = KEYS, ARGV
local feed, inbox = keys[1], keys[2]
local k, a = 5, 3
local wants -- what is kept besides, as Want tells: o the outbox, m where messages are
local n, prev
local bells, b, moved, answers, finding = {}, 0, {}, {}, nil

local function commit()
  local log, thread = keys[k], keys[k + 1]
  local dedupe, body, count, state, conversation = args[a + 1], args[a + 2], tonumber(args[a + 5]), args[a + 7], args[a + 8]
  local was = call('HMGET', thread, 'top', 'topEid', 'version', 'unread', 'erased', dedupe)
  local version = was[3] or ''
  if was[5] then return {'erased'} end
  if was[6] then
    local seq, eid, hash, at = string.match(was[6], '^(%d+) (%S+) (%S+) (%d+)$')
    if hash ~= body then return {'conflict'} end
    return {'known', seq, eid, at, version}
  end
  if args[a] ~= version then
    local now = call('HMGET', thread, 'state', 'owner')
    return {'stale', version, now[1] or '', now[2] or ''}
  end
  if args[a + 10] ~= '' and args[a + 10] ~= (was[1] or '0') then return {'behind'} end
  local amended = args[a + 11]
  if amended ~= '' then
    amended = 'm:' .. string.sub(amended, 2)
    if string.sub(call('HGET', thread, amended) or '', 1, 1) == 'd' then return {'deleted'} end
  end
  if not n then
    local head = call('HMGET', feed, 'n', 'e', 'wants')
    n, prev, wants = tonumber(head[1] or '0'), head[2] or '-', head[3] or ''
    finding = string.find(wants, 'm', 1, true)
  end
  local seq, before, unread = tonumber(was[1] or '0'), was[2] or '-', was[4]
  local main, at = tonumber(args[a + 6]), args[a + 4]
  local mainSeq, eid, number, nth, last, va, aa, visitors
  for i = 1, count do
    local e = a + 6 + 7 * i
    local class, json, side = args[e + 1], args[e + 4], args[e + 6]
    eid, seq, n = args[e], seq + 1, n + 1
    number, nth = format('%d', seq), format('%d', n)
    local entry = {'XADD', log, number .. '-0', 'e', number .. ':' .. args[e + 2] .. ' ' .. class .. ' ' .. eid .. ' ' .. json}
    local added = pcall(unpack(entry))
    if type(added) == 'table' and added.err then
      -- What is wrong with this thread's log must not harm those who travel with it. What is wrong with the server is
      -- raised, as it is: it meets the first write, so nothing was done.
      if i == 1 and (string.find(added.err, 'WRONGTYPE', 1, true) or string.find(added.err, 'ERR ', 1, true)) then
        n = n - 1
        return {'broken', added.err}
      end
      call(unpack(entry))
    end
    bells[b + 1] = 'E ' .. nth .. ' ' .. prev .. ' ' .. number .. ' ' .. eid .. ' ' .. args[e + 3] .. ' ' .. before
    bells[b + 2] = json
    b = b + 2
    prev, before = eid, eid
    if i == main then mainSeq = number end
    if args[e + 5] ~= '' then
      last = number
      if finding then call('HSET', keys[4], eid, args[a + 3] .. ' ' .. number) end
    end
    if side == 'va' then va = at elseif side == 'aa' then aa = at end
    if class == 'v' then
      unread = format('%d', (unread or 0) + 1); visitors = number
    elseif side == 'aa' then
      unread = '0'
    end
  end
  local set, s = {'HSET', thread, 'top', number, 'topEid', eid}, 6
  if unread ~= was[4] then set[s + 1], set[s + 2] = 'unread', unread; s = s + 2 end
  if visitors then set[s + 1], set[s + 2] = 'lastVisitorSeq', visitors; s = s + 2 end
  if conversation ~= '' then
    if last then set[s + 1], set[s + 2] = 'last:' .. conversation, last; s = s + 2 end
    if va then set[s + 1], set[s + 2] = 'va:' .. conversation, va; s = s + 2 end
    if aa then set[s + 1], set[s + 2] = 'aa:' .. conversation, aa; s = s + 2 end
  end
  local mainEID = args[a + 6 + 7 * main]
  if dedupe ~= '' then set[s + 1], set[s + 2] = dedupe, mainSeq .. ' ' .. mainEID .. ' ' .. body .. ' ' .. at; s = s + 2 end
  if state ~= '' then
    version = eid -- an identity: a count could come again after a failover, for another state
    set[s + 1], set[s + 2] = 'version', version; s = s + 2
    if args[a + 12] == '' then set[s + 1], set[s + 2] = 'state', state; s = s + 2 end
    call('SET', keys[k + 2], state)
    call('ZADD', keys[k + 3], nth, conversation)
    call('ZREM', keys[k + 4], conversation)
    call('ZREM', keys[k + 5], conversation)
    call('ZADD', keys[k + 6], nth, conversation)
    call('ZADD', keys[k + 7], args[a + 9], conversation)
  end
  if amended ~= '' then
    set[s + 1], set[s + 2] = amended, string.sub(args[a + 11], 1, 1) .. mainSeq .. ' ' .. at
    set[s + 3], set[s + 4] = 'amended', '1'
  end
  call(unpack(set))
  moved[args[a + 3]] = nth
  return {'ok', mainSeq, mainEID}
end

while a < #args do
  answers[#answers + 1] = commit()
  k = k + (args[a + 7] ~= '' and 8 or 2)
  a = a + 13 + 7 * tonumber(args[a + 5])
end
if b > 0 then
  call(args[1], args[2], table.concat(bells, '\n'))
  call('HSET', feed, 'n', format('%d', n), 'e', prev)
  local add = {'ZADD', inbox}
  for thread, at in pairs(moved) do
    add[#add + 1], add[#add + 2] = at, thread
  end
  call(unpack(add))
  if string.find(wants, 'o', 1, true) then
    local time = call('TIME')
    local due, out = format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)), {'ZADD', keys[3]}
    for thread in pairs(moved) do
      out[#out + 1], out[#out + 2] = due, thread
    end
    call(unpack(out))
  end
end
return answers
