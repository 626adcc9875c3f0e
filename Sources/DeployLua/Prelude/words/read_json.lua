-- read_json "file": reads a JSON file of the project.

local import = ...
local language, problems, void = import "runtime/language", import "runtime/problems", import "runtime/void"
local given, reader = import "reading/given", import "types/json_reader"

language.word {
  name = "read_json", nature = "pure", phases = { "description" }, takes = "\"file\"",
  summary = "Reads a JSON file of the project, and decodes it as json.decode does. The deployment stores a copy of the file.",
  example = "local hosts = read_json \"hosts.json\"",
}

language.meaning("read_json", function(name)
  local place = problems.here()
  local text = given.file("read_json", name, place)
  if not text then return void end
  local value, flaw, line = reader.parse(text)
  if flaw then
    problems.add("read_json: " .. flaw, nil, { file = name, line = line })
    return void
  end
  return value
end)
