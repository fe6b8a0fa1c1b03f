-- KEYS nodes
-- ARGV moment, member
redis.call('ZADD', KEYS[1], 'LT', ARGV[1], ARGV[2])
return 1
