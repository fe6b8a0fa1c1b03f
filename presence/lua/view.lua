-- KEYS hash, trail
-- ARGV keep ms, pages kept, url ('' for an act without a page), title, referrer, page JSON
-- Answers whether others must hear of it, and the hash.
local at = now()
local told
if ARGV[3] == '' then
  told = touch(at, KEYS[2], ARGV[2])
else
  told = view(at, KEYS[2], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], false)
end
keep(KEYS[2], ARGV[1])
if not told or get('online') ~= '1' then return {0, {}} end
changed(at)
return {1, redis.call('HGETALL', person)}
