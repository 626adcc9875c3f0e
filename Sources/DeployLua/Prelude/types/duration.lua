-- Durations: `90` (seconds), "90s", "1.5m", "250ms".

local import = ...
local types = import "types/types"

local duration = { most = 8640000000 } -- milliseconds: 100 days

local units = { ms = 1, s = 1000, m = 60000, h = 3600000, d = 86400000 }

--- Milliseconds, rounded; nil for anything else than a duration of at most 100 days.
function duration.milliseconds(value)
  local count, unit = value, "s"
  if type(value) == "string" then
    count, unit = string.match(value, "^([%d.]+)(%a*)$")
    count = tonumber(count)
    if unit == "" then unit = "s" end
  end
  if type(count) ~= "number" or not units[unit] or count < 0 or count ~= count then return nil end
  -- As a float: whole numbers of Lua wrap around.
  local milliseconds = count * (units[unit] + 0.0)
  if milliseconds > duration.most then return nil end
  return math.floor(milliseconds + 0.5)
end

duration.words = types.define("duration", 'a duration such as "90s", "5m" or a number of seconds', function(v)
  local milliseconds = duration.milliseconds(v)
  return milliseconds ~= nil, milliseconds
end).words

--- Milliseconds for people: "5 s", "0.5 s".
function duration.described(milliseconds)
  return milliseconds % 1000 == 0 and string.format("%d s", milliseconds // 1000) or string.format("%.1f s", milliseconds / 1000)
end

return duration
