-- KEYS hash, trail, visits, the visitor's list of conversations
-- ARGV keep ms, pages kept, url ('' for an act without a page), title, referrer, page JSON, utm JSON, id, whose the visits are,
--      ms since the act, keep ms without a conversation
-- Answers whether others must hear of it, and the hash; or -1 and whose the visits are, having done nothing.
local whose = owner(ARGV[8], ARGV[9])
if whose ~= ARGV[9] then return {-1, whose} end
local at = now() - tonumber(ARGV[10])
local visits = KEYS[3]
local told
if ARGV[3] == '' then
  told = touch(at, visits, KEYS[2], ARGV[2])
else
  told = view(at, visits, KEYS[2], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], false)
end
keep(KEYS[2], KEYS[4], ARGV[1], ARGV[11])
if not told or get('online') ~= '1' then return {0, {}} end
changed(now())
return {1, redis.call('HGETALL', person)}
