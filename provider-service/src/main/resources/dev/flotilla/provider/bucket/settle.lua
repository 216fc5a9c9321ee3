-- Corrects a bucket by what was really used, and by what its provider says is left.
--
-- KEYS[1]  the bucket, as in take.lua
-- ARGV     requests and tokens to take in addition, which may be negative; requests and tokens the provider
--          says are left, -1 when it does not say
-- returns  1, or 0 when the bucket is full and forgotten
local found = redis.pcall('HMGET', KEYS[1], 'r', 't')
if found.err then
  return 0
end
local known = 0
for i, kind in ipairs({'r', 't'}) do
  local level = tonumber(found[i])
  if level then
    known = 1
    local announced = tonumber(ARGV[i + 2])
    level = level - tonumber(ARGV[i])
    if announced >= 0 then
      level = math.min(level, announced)
    end
    redis.call('HSET', KEYS[1], kind, level)
  end
end
return known
