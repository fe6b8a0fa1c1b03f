-- KEYS nodes
-- ARGV lease
-- The lease is dead from now on, and whoever sweeps next removes what hangs on it.
redis.call('ZREM', nodes, 'l:' .. ARGV[1])
redis.call('ZADD', nodes, text(at), 'd:' .. ARGV[1])
return 1
