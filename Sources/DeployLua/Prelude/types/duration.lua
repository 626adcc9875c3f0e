-- Durations: `90` (seconds), "90s", "1.5m", "250ms".

local import = ...
local types = import "types/types"

local duration = { most = 8640000000 } -- milliseconds: 100 days

local units = { ms = 1, s = 1000, m = 60000, h = 3600000, d = 86400000 }

--- Returns the milliseconds as a float, without a limit, or nil if the value is not a duration.
local function measured(value)
  local count, unit = value, "s"
  if type(value) == "string" then
    count, unit = string.match(value, "^([%d.]+)(%a*)$")
    count = tonumber(count)
    if unit == "" then unit = "s" end
  end
  if type(count) ~= "number" or not units[unit] or count < 0 or count ~= count then return nil end
  -- It is a float, because whole numbers of Lua wrap around.
  return count * (units[unit] + 0.0)
end

--- Returns the milliseconds, rounded, or nil if the value is not a duration of at most 100 days.
function duration.milliseconds(value)
  local milliseconds = measured(value)
  if not milliseconds or milliseconds > duration.most then return nil end
  return math.floor(milliseconds + 0.5)
end

local kind = types.define("duration", 'a duration (such as "90s" or "5m"), or a number of seconds', function(v)
  local milliseconds = duration.milliseconds(v)
  return milliseconds ~= nil, milliseconds
end)
duration.words = kind.words

--- Returns what was expected in place of a refused value. A well-formed value is refused only because it is too long.
function duration.expected(value) return measured(value) and "a duration of at most 100 days" or duration.words end
kind.expected = duration.expected

local time = types.define("time", 'a duration above 0 (such as "90s" or "5m"), or a number of seconds', function(v)
  local milliseconds = duration.milliseconds(v)
  return milliseconds ~= nil and milliseconds > 0, milliseconds
end)
--- Returns what was expected in place of a refused value.
function time.expected(value) return duration.milliseconds(value) and time.words or duration.expected(value) end

--- Returns milliseconds for people: "5 s", "0.5 s".
function duration.described(milliseconds)
  return milliseconds % 1000 == 0 and string.format("%d s", milliseconds // 1000) or string.format("%.1f s", milliseconds / 1000)
end

return duration
