-- What a recipe reads while the recipe itself is read: texts of the project and environment variables. The engine keeps each of them with
-- the sources, so that a resume or a rollback reads the same values on any machine.

local import = ...
local boundary, phases, problems = import "runtime/boundary", import "runtime/phases", import "runtime/problems"
local values = import "runtime/values"

local given = {}

--- Parts of names whose values are usually secrets. Values that are read here are stored on hosts unencrypted.
local secretive = { "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "TOKEN", "CREDENTIAL", "APIKEY", "PRIVATE_KEY", "ACCESS_KEY" }
--- Parts of names that count only as a whole word, between underscores.
local words = { "_KEY_", "_PASS_", "_PWD_", "_AUTH_" }

--- Returns whether a name suggests a secret. Public keys are not secrets, and PWD is a folder.
function given.is_secretive(name)
  local upper = string.upper(name)
  if upper == "PWD" or upper == "OLDPWD" then return false end
  for _, part in ipairs(secretive) do if string.find(upper, part, 1, true) then return true end end
  local spaced = "_" .. string.gsub(upper, "[^%w]", "_") .. "_"
  if string.find(spaced, "_PUBLIC_", 1, true) then return false end
  for _, word in ipairs(words) do if string.find(spaced, word, 1, true) then return true end end
  return false
end

--- Returns the text of a file or the value of a variable. kind: "file" or "variable". word: the word that was called, for messages.
--- Returns nil if there is none, and false as the second value if a problem was noted.
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

--- Returns the text of a file that the project must have, or nil if a problem was noted.
function given.file(word, name, place)
  local text, good = given.text(word, "file", name, place)
  if good and not text then
    problems.add(string.format("%s %q: the project has no such file", word, name),
      "paths begin at the folder of deploy.lua", place)
  end
  return text
end

return given
