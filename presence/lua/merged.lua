-- KEYS hash and trail of the first visitor, the visits of the contact that goes, those of the one that stays, hash and trail of the others
-- ARGV the contact that stays
-- Says that a contact's visitors are another's. Saying it twice changes nothing.
local trails = {KEYS[2]}
for i = 6, #KEYS, 2 do trails[#trails + 1] = KEYS[i] end
adopt(KEYS[3], KEYS[4], unpack(trails))
for i = 1, #KEYS do
  if (i == 1 or i > 4 and i % 2 == 1) and redis.call('EXISTS', KEYS[i]) == 1 then redis.call('HSET', KEYS[i], 'owner', ARGV[1]) end
end
return 1
