-- Shared by the scripts about one person; KEYS[1] is the person's hash.
local person = KEYS[1]

local function now()
  local t = redis.call('TIME')
  return tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end

-- Numbers of 13 digits must not be written with an exponent.
local function text(n) return string.format('%.0f', n) end

local function get(field) return redis.call('HGET', person, field) or '' end

-- A version follows the clock, so that it goes on rising even after the store has lost the last one.
local function changed(at)
  local last = tonumber(get('ver')) or 0
  redis.call('HSET', person, 'ver', text(math.max(last + 1, at)))
end

-- attach hangs a connection on its node's lease. Saying it twice changes nothing.
local function attach(conns, due, name, connection, lease)
  local old = get('c:' .. connection)
  if old == '' then
    redis.call('HINCRBY', person, 'n', 1)
  elseif old ~= lease then
    redis.call('ZREM', conns, old .. ' ' .. name .. ' ' .. connection)
  end
  redis.call('HSET', person, 'c:' .. connection, lease)
  redis.call('ZADD', conns, 0, lease .. ' ' .. name .. ' ' .. connection)
  redis.call('ZREM', due, name)
end
