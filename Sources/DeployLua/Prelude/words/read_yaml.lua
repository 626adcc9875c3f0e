-- read_yaml "file": reads a YAML file of the project.

local import = ...
local language, problems, void = import "runtime/language", import "runtime/problems", import "runtime/void"
local given, yaml = import "reading/given", import "types/yaml_text"

language.word {
  name = "read_yaml", nature = "pure", phases = { "description" }, takes = "\"file\"",
  summary = "Reads a YAML file of the project, and decodes it as yaml.decode does. The deployment stores a copy of the file.",
  example = "local settings = read_yaml \"config/production.yml\"",
}

language.meaning("read_yaml", function(name)
  local text = given.file("read_yaml", name, problems.here())
  if not text then return void end
  local value, flaw, line, fix = yaml.parse(text)
  if flaw then
    problems.add("read_yaml: " .. flaw, fix, { file = name, line = line })
    return void
  end
  return value
end)
