-- Corrects the tokens reserved in a slot that is still counted.
--
-- KEYS[1]  the window, as in admit.lua
-- ARGV     slot, tokens to add, which may be negative
-- returns  1, or 0 when the slot has left the window
local field = 't' .. ARGV[1]
local found = redis.pcall('HGET', KEYS[1], field)
local count = type(found) == 'string' and tonumber(found)
if not count then
  return 0
end
redis.call('HSET', KEYS[1], field, math.max(0, count + ARGV[2]))
return 1
