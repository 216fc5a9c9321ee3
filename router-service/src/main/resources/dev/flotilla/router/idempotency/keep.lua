-- Keeps a reply, unless somebody else answers or has answered the request meanwhile.
-- KEYS[1] where; ARGV: token of the claim, fingerprint of the request, the reply, its life in milliseconds
local token = redis.call('HGET', KEYS[1], 'token')
if token ~= ARGV[1] and redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'request', ARGV[2], 'reply', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
