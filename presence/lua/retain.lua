-- KEYS hash, trail
-- ARGV keep ms
-- Keeps what is there of a visitor, for he has a conversation now.
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return redis.call('PEXPIRE', KEYS[2], ARGV[1])
