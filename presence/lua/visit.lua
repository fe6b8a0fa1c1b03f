-- Shared by the scripts about visitors: the rule of the visit, and the trail.
local visitGap = 30 * 60 * 1000

-- act says that the visitor did something. Tells whether a new visit began with it.
local function act(at, referrer)
  local last = tonumber(get('last'))
  redis.call('HSET', person, 'last', text(at))
  if last and at - last < visitGap then return false end
  redis.call('HINCRBY', person, 'visit', 1)
  redis.call('HSET', person, 'visitAt', text(at), 'pages', 0, 'ref', referrer)
  return true
end

-- record writes a line of the trail: when, in which visit, whether it is the visit's first page, and the page.
local function record(at, trail, kept, fresh, page)
  redis.call('HINCRBY', person, 'pages', 1)
  redis.call('LPUSH', trail, text(at) .. ' ' .. get('visit') .. ' ' .. (fresh and '1' or '0') .. ' ' .. page)
  redis.call('LTRIM', trail, 0, tonumber(kept) - 1)
end

-- view goes to a page: a new line of the trail if it is another page, a new visit, or the visitor has just come.
-- Tells whether anything changed that others see.
local function view(at, trail, kept, url, title, referrer, page, came)
  local fresh = act(at, referrer)
  if not (fresh or came or get('url') ~= url) then
    local retitled = get('title') ~= title
    redis.call('HSET', person, 'title', title, 'page', page)
    return retitled
  end
  redis.call('HSET', person, 'url', url, 'title', title, 'page', page, 'since', text(at))
  record(at, trail, kept, fresh, page)
  return true
end

-- touch goes on with the visit. A new one begins on the page that the visitor still looks at.
local function touch(at, trail, kept)
  if not act(at, '') then return false end
  if get('page') ~= '' then record(at, trail, kept, true, get('page')) end
  return true
end

local function keep(trail, ms)
  redis.call('PEXPIRE', person, ms)
  redis.call('PEXPIRE', trail, ms)
end
