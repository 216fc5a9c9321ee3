-- Gives a claim up: whoever sends the request again asks anew.
-- KEYS[1] where; ARGV: token of the claim
if redis.call('HGET', KEYS[1], 'token') == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
