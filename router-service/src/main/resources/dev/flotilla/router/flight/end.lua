-- Ends a lease if it is still ours.
--
-- KEYS[1]  the lease
-- ARGV     our value; what to leave behind instead, '' for nothing; how long that lives in ms
-- returns  1, or 0 when somebody else has it
local found = redis.pcall('GET', KEYS[1])
if found ~= ARGV[1] then
  return 0
end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
return 1
