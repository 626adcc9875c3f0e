-- The value in place of one that could not be made because of a mistake, while the reading or the rehearsal continues. It accepts every
-- operation and returns itself.

local import = ...
local phase = import "runtime/phase"

local void_type = { __name = "nothing", __metatable = false }
local void = proxy(void_type, 0, nil)

local function itself() return void end
--- In a rehearsal, an `ipairs` loop over it ends.
void_type.__index = function(_, key)
  if phase.rehearsing() and math.type(key) == "integer" then return nil end
  return void
end
--- `for … in nothing do` calls it with nil and the previous value, so the loop ends.
void_type.__call = function(_, ...)
  if select("#", ...) == 2 and (...) == nil then return nil end
  return void
end
--- A `pairs` loop over it ends immediately.
void_type.__pairs = function() return function() end end
for _, name in ipairs { "concat", "add", "sub", "mul", "div", "mod", "pow", "unm", "idiv", "band", "bor", "bxor",
                        "shl", "shr", "bnot" } do
  void_type["__" .. name] = itself
end
void_type.__newindex = function() end
void_type.__tostring = function() return "" end
void_type.__len = function() return 0 end
void_type.__lt = function() return false end
void_type.__le = function() return false end

return void
