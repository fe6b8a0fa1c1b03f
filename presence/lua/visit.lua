-- Shared by the scripts about visitors: the rule of the visit, and the trail. A visit is a person's, whatever he uses: it is
-- counted in a hash of the contact if it is known who he is, else of the visitor.
local visitGap = 30 * 60 * 1000

local function counted(visits, field) return tonumber(redis.call('HGET', visits, field)) or 0 end

-- owner tells whose visits a visitor's are: of the contact whose he has become, or that his contact was merged into, whoever may
-- not know that yet.
local function owner(visitor, claimed)
  local known = get('owner')
  if known ~= '' and known ~= visitor then return known end
  return claimed
end

-- act says that the visitor did something. Tells whether a new visit began with it.
local function act(at, visits, referrer)
  local last = counted(visits, 'last')
  if last > 0 and at - last < visitGap then
    if at > last then
      redis.call('HINCRBY', visits, 'spent', text(at - last))
      redis.call('HSET', visits, 'last', text(at))
    end
    return false
  end
  redis.call('HINCRBY', visits, 'no', 1)
  redis.call('HSET', visits, 'at', text(at), 'last', text(at), 'pages', 0, 'ref', referrer)
  redis.call('HDEL', visits, 'entry', 'utm')
  return true
end

-- record writes a line of the trail: when, in which visit, whether it is the visit's first page, and the page.
local function record(at, visits, trail, kept, fresh, page, utm)
  redis.call('HINCRBY', visits, 'pages', 1)
  redis.call('HSETNX', visits, 'entry', page)
  if utm ~= '' then redis.call('HSETNX', visits, 'utm', utm) end
  redis.call('LPUSH', trail, text(at) .. ' ' .. counted(visits, 'no') .. ' ' .. (fresh and '1' or '0') .. ' ' .. page)
  redis.call('LTRIM', trail, 0, tonumber(kept) - 1)
end

-- show puts into the visitor's hash what lists show of the visit.
local function show(visits)
  local v = redis.call('HMGET', visits, 'no', 'at', 'pages', 'ref')
  redis.call('HSET', person, 'visit', v[1] or 0, 'visitAt', v[2] or 0, 'pages', v[3] or 0, 'ref', v[4] or '')
end

-- view goes to a page: a new line of the trail if it is another page, a new visit, or the visitor has just come.
-- Tells whether anything changed that others see.
local function view(at, visits, trail, kept, url, title, referrer, page, utm, came)
  local fresh = act(at, visits, referrer)
  if not (fresh or came or get('url') ~= url) then
    local retitled = get('title') ~= title
    redis.call('HSET', person, 'title', title, 'page', page, 'utm', utm)
    return retitled
  end
  redis.call('HSET', person, 'url', url, 'title', title, 'page', page, 'utm', utm, 'since', text(at))
  record(at, visits, trail, kept, fresh, page, utm)
  show(visits)
  return true
end

-- touch goes on with the visit. A new one begins on the page that the visitor still looks at.
local function touch(at, visits, trail, kept)
  if not act(at, visits, '') then return false end
  if get('page') ~= '' then record(at, visits, trail, kept, true, get('page'), get('utm')) end
  show(visits)
  return true
end

-- keep says for how long: briefly if the visitor's list of conversations is empty. His hash stays while he is here.
local function keep(trail, talks, usual, brief)
  local ms = redis.call('EXISTS', talks) == 1 and usual or brief
  redis.call('PEXPIRE', trail, ms)
  redis.call('PEXPIRE', person, get('online') == '1' and usual or ms)
end
