-- yaml: converts YAML 1.2 to values, and values to YAML.

local import = ...
local errors, language, values = import "runtime/errors", import "runtime/language", import "runtime/values"
local yaml = import "types/yaml_text"

language.word {
  name = "yaml.decode", nature = "pure", phases = { "description", "run" }, takes = "text",
  summary = "Decodes a string with one YAML 1.2 document into tables, strings, numbers, true, false and json.null.",
  example = "local settings = yaml.decode(host:run(\"bin/health\", { rehearse = \"{}\" }).stdout)",
}
language.word {
  name = "yaml.encode", nature = "pure", phases = { "description", "run" }, gives = "string", takes = "value",
  summary = "Encodes a value as YAML, with sorted names. Programs that read YAML 1.1 or 1.2 can read the result. A table with the keys 1 "
    .. "to n becomes a list.",
  example = "host:write(\"config/app.yml\", yaml.encode { port = 80, peers = json.list {} })",
}
language.object { name = "yaml", summary = "Converts between YAML and values of Lua.", fields = {} }

local function decode(text)
  if type(text) ~= "string" then errors.usage("yaml.decode takes a string, got " .. values.described(text)) end
  local value, flaw, line, fix = yaml.parse(text)
  if flaw then errors.usage(string.format("yaml.decode: line %d: %s", line, flaw), fix) end
  return value
end

local function encode(value)
  local text, flaw = yaml.text(value)
  if not text then errors.usage("yaml.encode: " .. flaw) end
  return text
end

language.meaning("yaml", values.word("yaml", { decode = decode, encode = encode }))
