-- Makes a lease live longer, and brings it back if Redis has forgotten it.
--
-- KEYS[1]  the lease
-- ARGV     our value, how long it lives in ms
-- returns  1, or 0 when somebody else has it
local found = redis.pcall('GET', KEYS[1])
if found and found ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
