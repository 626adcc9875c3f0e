-- facts of t:deploy: what host.facts is on the simulated hosts.

local import = ...
local language, problems = import "runtime/language", import "runtime/problems"
local facts, fields = import "run/facts", import "types/fields"

local word = "facts of t:deploy"
language.words[word] = { fields = facts.object.fields }

local may_be_absent = {}
for _, field in ipairs(facts.object.fields) do may_be_absent[field[1]] = field.absent end

--- Returns the facts of a host, or of all hosts if `host` is nil. A fact that is false means that the host does not report it. asked: the
--- word of the test.
local function read(host, given, asked)
  local said, absent = {}, {}
  for name, value in pairs(given) do
    if value == false and may_be_absent[name] then absent[#absent + 1] = name else said[name] = value end
  end
  local subject = (host and "facts." .. host or "facts") .. " of " .. asked
  return { host = host, fields = fields.read(subject, word, said), absent = absent }
end

--- Returns whether a table has only names, so that it can be the facts of a host.
local function is_named(table_)
  for key in pairs(table_) do if type(key) ~= "string" then return false end end
  return true
end

--- Returns what was given as a list: first the facts of all hosts, then those of each host.
return function(given, asked)
  local all, result = {}, {}
  for name, value in pairs(given or {}) do
    if facts.known[name] then all[name] = value
    elseif value == false then result[#result + 1] = { host = name, unknown = true }
    elseif type(value) == "table" and is_named(value) then result[#result + 1] = read(name, value, asked)
    elseif type(value) == "table" then
      problems.add(string.format("facts.%s of %s must be a table { memory_bytes = … }, got a list", name, asked))
    else all[name] = value end
  end
  if next(all) ~= nil then table.insert(result, 1, read(nil, all, asked)) end
  return result
end
