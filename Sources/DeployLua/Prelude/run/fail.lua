-- fail("…"): ends a function with a sentence of the recipe.

local import = ...
local language, log = import "runtime/language", import "run/log"
local longest = 65536 -- bytes of the sentence

language.word {
  name = "fail", nature = "pure", phases = { "description", "run" }, gives = "never", takes = "format, …", errors = { "failed" },
  summary = "Raises an error with this message.", example = "fail(\"%s is not ready\", host.name)",
}

language.meaning("fail", function(format, ...)
  local text = log.text(format, ...)
  if #text > longest then text = string.sub(text, 1, longest) .. string.format("… (%d bytes in all)", #text) end
  return raise { kind = "failed", message = text }
end)
