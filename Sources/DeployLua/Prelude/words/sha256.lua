-- sha256: the digest of a text (FIPS 180-4).

local import = ...
local boundary, errors = import "runtime/boundary", import "runtime/errors"
local language, values = import "runtime/language", import "runtime/values"

language.word {
  name = "sha256", nature = "pure", phases = { "description", "run" }, gives = "string", takes = "text",
  summary = "Returns the SHA-256 of a string, as 64 hexadecimal digits.",
  example = "local name = \"app-\" .. string.sub(sha256(json.encode { port = 80 }), 1, 12) .. \".json\"",
}

--- Bytes that are not UTF-8 cross the boundary as numbers.
local function bytes_of(text)
  local bytes = {}
  for at = 1, #text do bytes[at] = string.byte(text, at) end
  return bytes
end

language.meaning("sha256", function(text)
  if type(text) ~= "string" then errors.usage("sha256 takes a string, got " .. values.described(text)) end
  if utf8.len(text) then return boundary.ask({ op = "sha256", text = text }).hex end
  if #text > 65536 then errors.usage("sha256: a text of more than 64 kB has to be UTF-8; sha256sum of a host takes files") end
  return boundary.ask({ op = "sha256", bytes = bytes_of(text) }).hex
end)
