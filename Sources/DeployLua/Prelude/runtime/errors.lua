-- Errors as recipes catch them, and the ways to raise one.

local errors_ = {}

--- What every error object has as its metatable.
errors_.meta = { __name = "error", __metatable = false }
function errors_.meta.__tostring(e)
  local text = tostring(rawget(e, "message"))
  local host, place, stderr = rawget(e, "host"), rawget(e, "where"), rawget(e, "stderr")
  if host then text = host .. ": " .. text end
  if place then text = place .. ": " .. text end
  if type(stderr) == "string" and stderr ~= "" then text = text .. "\n  stderr: " .. string.gsub(stderr, "\n", "\n  ") end
  return text
end
errors(errors_.meta)

--- Raises an error that blames the innermost line of a recipe.
function errors_.usage(message, fix) return raise { kind = "invalid", message = message, fix = fix } end

--- Raises a mistake of this prelude.
function errors_.internal(message) return raise { kind = "internal", message = message } end

return errors_
