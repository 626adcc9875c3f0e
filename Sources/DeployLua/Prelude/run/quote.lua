-- quote("…"): a text as one word for a shell.

local import = ...
local errors, language, values = import "runtime/errors", import "runtime/language", import "runtime/values"

language.word {
  name = "quote", nature = "pure", phases = { "description", "run" }, gives = "string", takes = "text",
  summary = "Quotes a string as one argument for a shell.",
  example = "host:run(\"echo \" .. quote(host.name))",
}

language.meaning("quote", function(value)
  if type(value) == "number" then value = values.as_text(value) end
  if type(value) ~= "string" then errors.usage("quote takes a string, got " .. values.described(value)) end
  if string.find(value, "\0", 1, true) then errors.usage("quote cannot take a string with a NUL in it") end
  if string.match(value, "^[%w_%-%./:@,+=]+$") then return value end
  return "'" .. string.gsub(value, "'", "'\\''") .. "'"
end)
