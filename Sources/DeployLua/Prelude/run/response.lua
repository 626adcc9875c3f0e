-- What a server answered: a response.

local import = ...
local errors, language, phase = import "runtime/errors", import "runtime/language", import "runtime/phase"
local rehearsal, void, reader = import "runtime/rehearsal", import "runtime/void", import "types/json_reader"

local response = {}

local object = language.object {
  name = "response", summary = "What a server answered to http.get or http.post.",
  fields = {
    { "status", "integer", "its status, such as 200" }, { "body", "string", "its text" },
    { "type", "string", "its media type, such as application/json; empty if it named none" },
    { "url", "string", "what was asked last: another one than at first if it was redirected" },
    { "duration", "number", "seconds, all redirects included" },
  },
}
local names, known = language.fields_of(object)

language.word {
  name = "response:json", nature = "pure", phases = { "run" }, takes = "",
  summary = "What its body says as JSON; an error that shows the beginning of the body if it is none.",
  example = "local health = http.get(\"https://api.example.com/health\"):json()",
}

local function json(self)
  local text = self.body
  if phase.rehearsing() and text == "" then return void end
  local value, flaw, line = reader.parse(text)
  if not flaw then return value end
  local start = text == "" and "its body is empty" or string.format("%q", string.sub(text, 1, 80))
  return errors.usage(string.format("%s: the answer is no JSON (line %d: %s): %s", self.url, line, flaw, start))
end
local methods = { json = framed(json) }

--- A response. own: its fields. guessed: whether a rehearsal made it up, so that to look at it is to doubt.
function response.new(own, guessed)
  return setmetatable({}, { __name = "response", __metatable = false, __index = function(_, key)
    if methods[key] then return methods[key] end
    if not known[key] then return rehearsal.misnamed(string.format("a response has no %s", tostring(key)), key, names) end
    if guessed then rehearsal.doubt() end
    return own[key]
  end, __newindex = function(_, key) errors.usage("a response is not to be changed: " .. tostring(key) .. " stays as it is") end })
end

return response
