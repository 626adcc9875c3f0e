-- Reads and writes values as YAML (1.2). The engine's library does that, and JSON crosses the boundary.

local import = ...
local boundary, reader = import "runtime/boundary", import "types/json_reader"
local write = import "types/json_writer"

local yaml = {}

--- Returns the value of a text. If the text is not YAML, returns nil, what is wrong, on which line, and what to write instead.
function yaml.parse(text)
  if not utf8.len(text) then return nil, "it has bytes that are no UTF-8 text", 1 end
  local answer = boundary.ask { op = "yaml_decode", text = text }
  if answer.flaw then return nil, "this is no YAML that can be read: " .. answer.flaw, answer.line, answer.fix end
  return (reader.parse(answer.json))
end

--- Returns the text of a value, or nil and why there is none.
function yaml.text(value)
  local answer = boundary.ask { op = "yaml_encode", json = write(value, "yaml.encode") }
  return answer.text, answer.flaw
end

return yaml
