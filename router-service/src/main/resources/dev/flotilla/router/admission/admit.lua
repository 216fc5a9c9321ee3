-- Decides whether one more request fits into a key's window, and counts it only if all of it fits.
--
-- KEYS[1]  the window: a hash with r<slot> = requests and t<slot> = tokens of one slot of time
-- ARGV     window and slot in ms; limit of requests and of tokens, -1 for none; tokens to reserve;
--          requests and tokens that were admitted without asking here; then pairs of a slot and the
--          tokens to add there, which may be negative: corrections of what was reserved before
-- returns  {1 when admitted, slot, requests and tokens used now, ms until no request and until no token
--          is counted any more, ms until the request and until its tokens would fit}
--
-- A slot is counted until all of it is older than the window, so no window holds more than the limit.
local window, length = tonumber(ARGV[1]), tonumber(ARGV[2])
local limit = {r = tonumber(ARGV[3]), t = tonumber(ARGV[4])}
local wanted = {r = 1, t = tonumber(ARGV[5])}
local carried = {r = tonumber(ARGV[6]), t = tonumber(ARGV[7])}

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local current = math.floor(now / length)

local found = redis.pcall('HGETALL', KEYS[1])
if found.err then -- somebody else's value
  redis.call('DEL', KEYS[1])
  found = {}
end

local slots = {r = {}, t = {}}
local used = {r = 0, t = 0}
for i = 1, #found, 2 do
  local kind, slot = string.sub(found[i], 1, 1), tonumber(string.sub(found[i], 2))
  local count = tonumber(found[i + 1])
  if slots[kind] and slot and count and slot <= current and (slot + 1) * length + window > now then
    slots[kind][slot] = count
    used[kind] = used[kind] + count
  else
    if slots[kind] and slot and count and slot > current then
      carried[kind] = carried[kind] + count -- the clock of Redis went back: counts as of now
    end
    redis.call('HDEL', KEYS[1], found[i])
  end
end

for i = 8, #ARGV, 2 do
  local slot = tonumber(ARGV[i])
  local before = slots.t[slot]
  if before then -- otherwise it has left the window
    slots.t[slot] = math.max(0, before + ARGV[i + 1])
    used.t = used.t + slots.t[slot] - before
    redis.call('HSET', KEYS[1], 't' .. ARGV[i], slots.t[slot])
  end
end

local function count(kind, more)
  if more ~= 0 and limit[kind] >= 0 then
    slots[kind][current] = (slots[kind][current] or 0) + more
    used[kind] = used[kind] + more
    redis.call('HSET', KEYS[1], kind .. current, slots[kind][current])
  end
end

-- ms until what is wanted fits, counting on nothing but that slots leave the window
local function wait(kind)
  local over = used[kind] + wanted[kind] - limit[kind]
  if limit[kind] < 0 or over <= 0 then
    return 0
  end
  local order = {}
  for slot in pairs(slots[kind]) do
    order[#order + 1] = slot
  end
  table.sort(order)
  for _, slot in ipairs(order) do
    over = over - slots[kind][slot]
    if over <= 0 then
      return (slot + 1) * length + window - now
    end
  end
  return window
end

local function reset(kind)
  local last = nil
  for slot, n in pairs(slots[kind]) do
    if n > 0 and (last == nil or slot > last) then
      last = slot
    end
  end
  return last and (last + 1) * length + window - now or 0
end

count('r', carried.r)
count('t', carried.t)
local waitRequests, waitTokens = wait('r'), wait('t')
local admitted = waitRequests == 0 and waitTokens == 0
if admitted then
  count('r', wanted.r)
  count('t', wanted.t)
end
redis.call('PEXPIRE', KEYS[1], window + 2 * length)
return {admitted and 1 or 0, current, used.r, used.t, reset('r'), reset('t'), waitRequests, waitTokens}
