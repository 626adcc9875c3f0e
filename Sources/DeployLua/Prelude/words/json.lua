-- json: converts JSON (RFC 8259) to values, and values to JSON.

local import = ...
local errors, language, values = import "runtime/errors", import "runtime/language", import "runtime/values"
local reader, encode = import "types/json_reader", import "types/json_writer"

language.word {
  name = "json.decode", nature = "pure", phases = { "description", "run" }, takes = "text",
  summary = "Decodes a string of JSON (RFC 8259) into tables, strings, numbers, true, false and json.null.",
  example = "local health = json.decode(host:run(\"bin/health\", { rehearse = \"{}\" }).stdout)",
}
language.word {
  name = "json.encode", nature = "pure", phases = { "description", "run" }, gives = "string", takes = "value",
  summary = "Encodes a value as JSON on one line, with sorted names. A table with the keys 1 to n becomes a list, and json.list {} "
    .. "becomes an empty list.",
  example = "host:write(\"/etc/app.json\", json.encode { port = 80, peers = json.list {} })",
}
language.word {
  name = "json.list", nature = "pure", phases = { "description", "run" }, gives = "table", takes = "{ … }",
  summary = "Marks a table as a JSON list, even if it is empty.", example = "local empty = json.encode(json.list {})   -- []",
}
language.object { name = "json", summary = "Converts between JSON and values of Lua.",
  fields = { { "null", "any", "JSON's null. It is not nil, because a Lua table cannot contain nil" } } }

local function decode(text)
  if type(text) ~= "string" then errors.usage("json.decode takes a string, got " .. values.described(text)) end
  local value, flaw, line = reader.parse(text)
  if flaw then errors.usage(string.format("json.decode: line %d: %s", line, flaw)) end
  return value
end

local function list(value)
  if type(value) ~= "table" then errors.usage("json.list takes a table, got " .. values.described(value)) end
  return reader.list(value)
end

language.meaning("json", values.word("json", { decode = decode, encode = encode, list = list, null = reader.null }))
