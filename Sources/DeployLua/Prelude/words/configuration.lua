-- configuration "name" { … }: bounds that hold whatever a strategy decides.

local import = ...
local language, near, problems = import "runtime/language", import "runtime/near", import "runtime/problems"
local phases, tables, values, void = import "runtime/phases", import "runtime/tables", import "runtime/values", import "runtime/void"
local amount, fields, types = import "types/amount", import "types/fields", import "types/types"
local named = import "words/named"

local configuration = { kind = values.kind "configuration" }

language.word {
  name = "configuration", nature = "pure", phases = { "description" }, takes = "\"name\" { … }",
  summary = "Bounds that hold whatever a strategy decides.",
  example = "configuration \"careful\" { floor = \"75%\", parallel = \"10%\", budget = { failed = 1 } }",
  fields = {
    { "floor", "amount", "hosts that keep serving" }, { "parallel", "amount", "hosts in flight at once" },
    { "budget", "table", "what may go wrong: { failed = 1, unreachable = \"2%\" }" },
  },
}
language.word {
  name = "configuration.budget", nature = "pure", phases = { "description" }, takes = "budget = { … }",
  summary = "What may go wrong before a deployment stops and goes back.",
  example = "budget = { failed = 1, unreachable = \"2%\" }",
  fields = { { "failed", "amount", "hosts that may fail" }, { "unreachable", "amount", "hosts that may be out of reach" } },
}

--- Those of AWS CodeDeploy: floor, and the share of hosts that may fail.
local standard = {
  ["CodeDeployDefault.OneAtATime"] = { parallel = { count = 1 } },
  ["CodeDeployDefault.HalfAtATime"] = { floor = { percent = 50.0 }, parallel = { percent = 50.0 }, failed = { percent = 50.0 } },
  ["CodeDeployDefault.AllAtOnce"] = { floor = { count = 0 }, failed = { percent = 99.0 } },
}

local function read(name, body, place)
  local subject = name and string.format("configuration %q", name) or "configuration"
  local own, budget = fields.read(subject, "configuration", body, place), {}
  if own.budget then
    budget = fields.read("budget of " .. subject, "configuration.budget", own.budget, problems.at_field(place, "budget"))
  end
  if own.parallel and amount.is_nothing(own.parallel) then
    problems.add("parallel of " .. subject .. " must be a count from 1, or a share above 0%: no host could move", nil,
      problems.at_field(place, "parallel"))
  end
  return { name = name, place = place, floor = own.floor, parallel = own.parallel, failed = budget.failed,
    unreachable = budget.unreachable }
end

language.meaning("configuration", function(name)
  phases.describing "configuration"
  local place = problems.here()
  if type(name) == "table" then return proxy(configuration.kind, 0, read(nil, name, place)) end
  if not named.is_good("configuration", name, place) then return void end
  return named.begun("configuration", name, place, function(body)
    local value = read(name, body, place)
    named.declare("configuration", name, value, place)
    return proxy(configuration.kind, 0, value)
  end)
end)

types.define("configuration", "a configuration's name, or a table with floor, parallel and budget", function(v)
  return type(v) == "string" or type(v) == "table" or values.is(v, configuration.kind) ~= nil, v
end)

--- As the engine gets it.
function configuration.data(value, name)
  return problems.placed({ name = name or value.name, floor = value.floor, parallel = value.parallel, failed = value.failed,
    unreachable = value.unreachable }, value.place)
end

--- The configuration of a recipe as the engine gets it; nil for none. checks: whether its name must exist.
function configuration.of(given, place, checks)
  if given == nil then return nil end
  local inside = values.is(given, configuration.kind)
  if inside then return configuration.data(inside) end
  if type(given) == "table" then return configuration.data(read(nil, given, place)) end
  local known = named.by_name.configuration[given] or standard[given]
  if known then return configuration.data(known, given) end
  if not checks then return nil end
  local names = tables.joined(tables.keys(named.by_name.configuration), tables.keys(standard))
  problems.add(string.format("there is no configuration %q", given),
    near.question(given, names, "%q") or "there are " .. table.concat(names, ", "), place)
end

return configuration
