-- Who may answer a request.
-- KEYS[1] where its reply will be; ARGV: fingerprint of the request, token of this claim, its life in milliseconds
local known = redis.call('HGET', KEYS[1], 'request')
if not known then
  redis.call('HSET', KEYS[1], 'request', ARGV[1], 'token', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return {'ours'}
end
if known ~= ARGV[1] then
  return {'another'}
end
local reply = redis.call('HGET', KEYS[1], 'reply')
if reply then
  return {'replied', reply}
end
return {'in-flight'}
