-- The answer of a server.

local import = ...
local errors, language, phase = import "runtime/errors", import "runtime/language", import "runtime/phase"
local answer, void, reader = import "run/answer", import "runtime/void", import "types/json_reader"

local response = {}

local object = language.object {
  name = "response", summary = "The answer of a server to http.get or http.post.",
  fields = {
    { "status", "integer", "the status of the response, such as 200" }, { "body", "string", "the text of the response" },
    { "type", "string", "the media type, such as application/json, or an empty string if the server named none" },
    { "url", "string", "the URL of the last request. After a redirect, this URL is not the URL of the call" },
    { "duration", "number", "the duration of the request in seconds, including all redirects" },
  },
}

language.word {
  name = "response:json", nature = "pure", phases = { "run" }, takes = "",
  summary = "Decodes the body as JSON. If the body is not JSON, the error shows the beginning of the body.",
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
local new = answer.maker(object, { json = json })

--- Makes a response. own: its fields. guessed: whether a rehearsal invented it, so that reading it is noted as a doubt.
function response.new(own, guessed) return new(guessed and {} or own, guessed and own or nil) end

return response
