-- Amounts: a count such as 2, or a share such as "25%".

local import = ...
local types = import "types/types"

local amount = {}

--- Returns { count = n } or { percent = p }, or nil if the value is not an amount.
function amount.read(value)
  if math.type(value) == "integer" and value >= 0 then return { count = value } end
  if type(value) ~= "string" then return nil end
  local percent = tonumber(string.match(value, "^%s*([%d.]+)%s*%%%s*$"))
  if percent and percent <= 100 then return { percent = percent + 0.0 } end
  local count = math.tointeger(tonumber(string.match(value, "^%d+$")))
  return count and { count = count }
end

--- Returns whether an amount that was read is zero.
function amount.is_nothing(read) return (read.count or read.percent) == 0 end

--- Returns the count that an amount stands for, out of `total`. It is at most `total`. A share is rounded down, but never to 0. Returns nil
--- if the value is not an amount.
function amount.of(value, total)
  local read = amount.read(value)
  if not read then return nil end
  if read.count then return math.min(read.count, total) end
  if read.percent == 0 then return 0 end
  return math.min(total, math.max(1, math.floor(total * read.percent / 100 + 1e-9)))
end

types.define("amount", 'a count such as 2 or a share such as "25%"', function(v)
  local read = amount.read(v)
  return read ~= nil, read
end)

return amount
