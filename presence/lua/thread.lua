-- Shared by the scripts by which visitors come and go. One person's visitors share a thread, and its episode ends
-- only when none of them is here.
local function joinThread(threads, thread, visitor, timers, timer)
  if thread == '' then return end
  redis.call('ZADD', threads, 0, thread .. ' ' .. visitor)
  redis.call('ZREM', timers, timer .. thread)
end

-- leaveThread sets the timer that ends the episode, unless another visitor of the thread is here.
local function leaveThread(threads, thread, visitor, timers, timer, due)
  if thread == '' then return end
  redis.call('ZREM', threads, thread .. ' ' .. visitor)
  -- '!' follows the blank after the thread: all members that begin with it.
  if redis.call('ZLEXCOUNT', threads, '[' .. thread .. ' ', '(' .. thread .. '!') > 0 then return end
  redis.call('ZADD', timers, text(due), timer .. thread)
end
