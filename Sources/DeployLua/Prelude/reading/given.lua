-- What a recipe reads while it is read itself: texts of the project and variables of the environment. The engine keeps each with the
-- sources, so that a resume or a rollback, on any machine, reads the same.

local import = ...
local boundary, phases, problems = import "runtime/boundary", import "runtime/phases", import "runtime/problems"
local values = import "runtime/values"

local given = {}

--- Names whose values are secrets more often than not. What is read here is kept on hosts in plain.
local secretive = { "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "TOKEN", "CREDENTIAL", "APIKEY", "PRIVATE_KEY", "ACCESS_KEY" }
--- The same as a word of a name, between underscores.
local words = { "_KEY_", "_PASS_", "_PWD_", "_AUTH_" }

--- Whether a name speaks of a secret. Public keys are none, and PWD is a folder.
function given.is_secretive(name)
  local upper = string.upper(name)
  if upper == "PWD" or upper == "OLDPWD" then return false end
  for _, part in ipairs(secretive) do if string.find(upper, part, 1, true) then return true end end
  local spaced = "_" .. string.gsub(upper, "[^%w]", "_") .. "_"
  if string.find(spaced, "_PUBLIC_", 1, true) then return false end
  for _, word in ipairs(words) do if string.find(spaced, word, 1, true) then return true end end
  return false
end

--- The text of a file or the value of a variable. kind: "file" or "variable". word: who asks, for messages.
--- Nil if there is none; false as the second value if a problem was taken down.
function given.text(word, kind, name, place)
  phases.describing(word)
  if type(name) ~= "string" then
    problems.add(string.format("%s takes a name in quotes, got %s", word, values.described(name)), nil, place)
    return nil, false
  end
  local answer = boundary.ask { op = "given", kind = kind, name = name }
  if answer.message then
    problems.add(string.format("%s %q: %s", word, name, answer.message), answer.fix, place)
    return nil, false
  end
  return answer.text, true
end

--- The text of a file of the project that has to be there; nil if a problem was taken down.
function given.file(word, name, place)
  local text, good = given.text(word, "file", name, place)
  if good and not text then
    problems.add(string.format("%s %q: the project has no such file", word, name),
      "paths begin at the folder of deploy.lua", place)
  end
  return text
end

return given
