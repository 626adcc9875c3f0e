-- read_text "file": reads a text file of the project.

local import = ...
local language, problems, given = import "runtime/language", import "runtime/problems", import "reading/given"

language.word {
  name = "read_text", nature = "pure", phases = { "description" }, gives = "string", takes = "\"file\"",
  summary = "Returns the text of a file of the project. The deployment stores a copy of the file.",
  example = "local motd = read_text \"config/motd\"",
}

language.meaning("read_text", function(name) return given.file("read_text", name, problems.here()) or "" end)
