-- Takes the lease of a request when nobody has it and there is no answer yet.
--
-- KEYS[1]  the lease
-- KEYS[2]  where an answer would be kept; somebody may have put it there since the caller looked
-- ARGV     the lease's new value, how long it lives in ms
-- returns  the value it now has: ours, or another's; 'kept:' when there is an answer
if redis.call('EXISTS', KEYS[2]) == 1 then
  return 'kept:'
end
local found = redis.pcall('GET', KEYS[1])
if type(found) == 'string' then
  return found
end
if type(found) == 'table' then -- an error: something else is stored there
  redis.call('DEL', KEYS[1])
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]
