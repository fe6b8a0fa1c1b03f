-- Shared by the scripts by which a visitor turns out to be a contact.
local adoptGap = 30 * 60 * 1000

-- renumber gives the lines of a trail that tell of the latest visit the number that it has now.
local function renumber(trail, was, now)
  if was == now then return end
  for i, line in ipairs(redis.call('LRANGE', trail, 0, -1)) do
    local at, no, rest = string.match(line, '^(%d+) (%d+) (.*)$')
    if tonumber(no) ~= was then return end
    redis.call('LSET', trail, i - 1, at .. ' ' .. text(now) .. ' ' .. rest)
  end
end

-- adopt adds what was counted of a visitor's visits, or of a contact's, to those of the contact, once. Of both the latest visits
-- are looked at: what lies less than the gap apart was one. What follows are the trails of whose visits are added.
local function adopt(own, into, ...)
  if own == into or redis.call('EXISTS', own) == 0 then return end
  if redis.call('EXISTS', into) == 0 then
    redis.call('RENAME', own, into)
    return
  end
  local fields = {'no', 'at', 'last', 'spent', 'pages'}
  local function read(key)
    local v, r = redis.call('HMGET', key, unpack(fields)), {key = key}
    for i, name in ipairs(fields) do r[name] = tonumber(v[i]) or 0 end
    return r
  end
  local mine, theirs = read(own), read(into)
  local first, second = theirs, mine
  if mine.at < theirs.at then first, second = mine, theirs end
  local one = second.at - first.last < adoptGap
  local sum = {no = first.no + second.no, spent = first.spent + second.spent, at = second.at, last = second.last, pages = second.pages}
  local told = one and first or second
  local words = redis.call('HMGET', told.key, 'entry', 'ref', 'utm')
  if one then
    sum.no = sum.no - 1
    sum.at, sum.last, sum.pages = first.at, math.max(first.last, second.last), first.pages + second.pages
    sum.spent = sum.spent - (first.last - first.at) - (second.last - second.at) + sum.last - sum.at
    words[3] = words[3] or redis.call('HGET', second.key, 'utm')
  end
  if one or second == mine then
    for _, trail in ipairs({...}) do renumber(trail, mine.no, sum.no) end
    local place = redis.call('HGET', own, 'place')
    if place and mine.last >= theirs.last then redis.call('HSET', into, 'place', place) end
  end
  redis.call('DEL', own)
  redis.call('HDEL', into, 'entry', 'ref', 'utm')
  for name, n in pairs(sum) do redis.call('HSET', into, name, text(n)) end
  for i, name in ipairs({'entry', 'ref', 'utm'}) do
    if words[i] then redis.call('HSET', into, name, words[i]) end
  end
end
