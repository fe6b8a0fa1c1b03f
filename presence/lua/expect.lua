-- KEYS threads, timers
-- ARGV thread, timer of it, grace ms
-- Sets the timer that ends the thread's episode if none of its visitors is here; one who comes takes it away.
if redis.call('ZLEXCOUNT', KEYS[1], '[' .. ARGV[1] .. ' ', '(' .. ARGV[1] .. '!') > 0 then return 0 end
local t = redis.call('TIME')
local at = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
redis.call('ZADD', KEYS[2], string.format('%.0f', at + tonumber(ARGV[3])), ARGV[2])
return 1
