-- Takes a request and its tokens out of a bucket that fills up evenly, if both are there.
--
-- KEYS[1]  the bucket: a hash with r = requests and t = tokens left at the moment at, in ms
-- ARGV     time in ms in which an empty bucket becomes full; requests and tokens a full one holds, -1 for
--          no limit; tokens wanted
-- returns  {1 when taken, ms until both would be there}
local period = tonumber(ARGV[1])
local full = {r = tonumber(ARGV[2]), t = tonumber(ARGV[3])}
local wanted = {r = 1, t = tonumber(ARGV[4])}

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local found = redis.pcall('HMGET', KEYS[1], 'r', 't', 'at')
if found.err then -- somebody else's value
  redis.call('DEL', KEYS[1])
  found = {}
end
local past = math.max(0, now - (tonumber(found[3]) or now)) -- the clock of Redis may have gone back

local left, wait = {}, 0
for i, kind in ipairs({'r', 't'}) do
  if full[kind] >= 0 then
    left[kind] = math.min(full[kind], (tonumber(found[i]) or full[kind]) + full[kind] * past / period)
    if left[kind] < wanted[kind] then
      wait = math.max(wait, math.ceil((wanted[kind] - left[kind]) * period / full[kind]))
    end
  end
end

for kind, level in pairs(left) do
  redis.call('HSET', KEYS[1], kind, wait == 0 and level - wanted[kind] or level)
end
redis.call('HSET', KEYS[1], 'at', now)
redis.call('PEXPIRE', KEYS[1], 2 * period)
return {wait == 0 and 1 or 0, wait}
