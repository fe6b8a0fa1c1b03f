-- KEYS hash, trail, the visitor's own visits, those of the contact
-- ARGV the contact
-- Says that a visitor is a contact. Saying it twice changes nothing.
adopt(KEYS[3], KEYS[4], KEYS[2])
if redis.call('EXISTS', person) == 1 then redis.call('HSET', person, 'owner', ARGV[1]) end
return 1
