-- Checks literal values in sources: whether a field of some type accepts them. No code of the source runs for that.

local import = ...
local near, values = import "runtime/near", import "runtime/values"
local types = import "types/types"

--- Returns for each { type, value } what is wrong: { expected, got, fix }, or an empty table if nothing is wrong.
return function(list)
  local result = {}
  for i, one in ipairs(list) do
    local type_, value = types.named(one.type), one.value
    result[i] = {}
    if not type_.read(value) then
      result[i] = { expected = type_.expected and type_.expected(value) or type_.words, got = values.described(value),
        fix = type_.choices and type(value) == "string" and near.question(value, type_.choices, "%q") or nil }
    end
  end
  return result
end
