-- KEYS hash, conns, due, roster, timers, trail, threads, the visitor's own visits, the visits that his count for,
--      the visitor's list of conversations
-- ARGV person, id, connection, lease, node, info, thread, timer without the thread, keep ms, pages kept, url, title,
--      referrer, page JSON, ms until the timer is due of a thread that he leaves for another, utm JSON, whose the visits are,
--      place JSON, keep ms without a conversation
-- Somebody who is back before he counted as gone says nothing new, unless he is on another page.
-- Answers whether others must hear of it, and the hash; or -1 and whose the visits are, having done nothing.
local whose = owner(ARGV[2], ARGV[17])
if whose ~= ARGV[17] then return {-1, whose} end
local at = now()
local visits = KEYS[9]
adopt(KEYS[8], visits, KEYS[6])
local came = get('online') ~= '1'
local told = came or get('info') ~= ARGV[6]
attach(KEYS[2], KEYS[3], ARGV[1], ARGV[3], ARGV[4])
local before = get('thread')
if before ~= ARGV[7] and not came then
  leaveThread(KEYS[7], before, ARGV[2], KEYS[5], ARGV[8], at + tonumber(ARGV[15]))
end
joinThread(KEYS[7], ARGV[7], ARGV[2], KEYS[5], ARGV[8])
redis.call('HSET', person, 'info', ARGV[6], 'thread', ARGV[7], 'node', ARGV[5], 'owner', whose)
if came then
  redis.call('HSET', person, 'online', 1, 'here', text(at))
  redis.call('ZADD', KEYS[4], 0, ARGV[2])
end
local url = ARGV[11]
if url ~= '' and (came or get('url') ~= url) then
  view(at, visits, KEYS[6], ARGV[10], url, ARGV[12], ARGV[13], ARGV[14], ARGV[16], came)
  told = true
elseif came then
  touch(at, visits, KEYS[6], ARGV[10])
end
if ARGV[18] ~= '' then redis.call('HSET', visits, 'place', ARGV[18]) end
show(visits)
if told then changed(at) end
keep(KEYS[6], KEYS[10], ARGV[9], ARGV[19])
return {told and 1 or 0, redis.call('HGETALL', person)}
