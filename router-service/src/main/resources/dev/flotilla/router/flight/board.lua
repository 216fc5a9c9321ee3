-- Takes the lease of a request when nobody has it.
--
-- KEYS[1]  the lease
-- ARGV     its new value, how long it lives in ms
-- returns  the value it now has: ours, or another's
local found = redis.pcall('GET', KEYS[1])
if type(found) == 'string' then
  return found
end
if type(found) == 'table' then -- an error: something else is stored there
  redis.call('DEL', KEYS[1])
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]
