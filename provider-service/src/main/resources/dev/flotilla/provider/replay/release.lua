-- Gives a claim up: whoever brings the key again makes the call anew.
-- KEYS[1] where; ARGV: the claim as it was written
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
