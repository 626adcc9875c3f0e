-- configuration "name" { … }: bounds that hold for every strategy.

local import = ...
local language, near, problems = import "runtime/language", import "runtime/near", import "runtime/problems"
local phases, tables, values, void = import "runtime/phases", import "runtime/tables", import "runtime/values", import "runtime/void"
local amount, fields, types = import "types/amount", import "types/fields", import "types/types"
local named = import "words/named"

local configuration = { kind = values.kind "configuration" }

language.word {
  name = "configuration", nature = "pure", phases = { "description" }, takes = "\"name\" { … }",
  summary = "Defines bounds for a rollout. No decision of a strategy can exceed these bounds.",
  example = "configuration \"careful\" { floor = \"75%\", parallel = \"10%\", budget = { failed = 1 } }",
  fields = {
    { "floor", "amount", "the number or share of hosts that must keep serving" },
    { "parallel", "amount", "the largest number or share of hosts that change at the same time" },
    { "budget", "table", "the allowed failures: { failed = 1, wave = 1, unreachable = \"2%\" }" },
    { "base", "amount", "the share of hosts that you expect to fail although the release is good; 1% if not given. The deployment stops "
      .. "if the first host fails, or if so many hosts of a wave fail that this share does not explain it. With 100%, only the budgets "
      .. "stop a deployment" },
    { "apart", "strings", "names of tags, such as pair. Two hosts with the same value of such a tag are never out of service at the same "
      .. "time" },
    { "alone", "strings", "names of tags, such as rack. All hosts that are out of service at the same time have the same value of such a "
      .. "tag" },
    { "each", "table", "bounds for the hosts of each value of a tag separately: { tag = \"zone\", floor = \"50%\", failed = 1 }" },
    { "minimum_healthy", "amount", "the number or share of hosts that must stay healthy, as CodeDeploy counts them. This field replaces "
      .. "floor, budget and base" },
  },
}
language.word {
  name = "configuration.budget", nature = "pure", phases = { "description" }, takes = "budget = { … }",
  summary = "Says how many failures are allowed. If there are more, the deployment stops and rolls back.",
  example = "budget = { failed = 1, unreachable = \"2%\" }",
  fields = {
    { "failed", "amount", "the number or share of hosts that may fail" },
    { "wave", "amount", "the number or share of hosts that may fail in one wave", default = "the value of failed" },
    { "unreachable", "amount", "the number or share of hosts that may be unreachable" },
  },
}

language.word {
  name = "configuration.each", nature = "pure", phases = { "description" }, takes = "each = { … }",
  summary = "Sets bounds for the hosts of each value of a tag separately.",
  example = "each = { tag = \"zone\", floor = \"50%\", failed = 1 }",
  fields = {
    { "tag", "name", "the name of the tag, such as zone", required = true },
    { "floor", "amount", "for each value of the tag, the number or share of hosts that must keep serving" },
    { "failed", "amount", "for each value of the tag, the number or share of hosts that may fail" },
  },
}

--- The configurations of AWS CodeDeploy: how many hosts must stay healthy.
local standard = {
  ["CodeDeployDefault.OneAtATime"] = { healthy = { all_but_one = true } },
  ["CodeDeployDefault.HalfAtATime"] = { healthy = { percent = 50.0 } },
  ["CodeDeployDefault.AllAtOnce"] = { healthy = { count = 0 } },
}

--- Refuses other bounds together with CodeDeploy's rule, because that rule alone decides how many hosts are allowed to fail.
local function check_alone(subject, own, place)
  if not own.minimum_healthy then return end
  for _, other in ipairs { "floor", "budget", "base" } do
    if own[other] then
      problems.add(string.format("%s has minimum_healthy and %s: minimum_healthy alone says how many may fail", subject, other),
        "keep one of them", problems.at_field(place, other))
    end
  end
end

--- Returns a share in per cent, or nil if no share is given.
local function read_base(subject, given, place)
  if not given then return nil end
  if not given.percent then
    problems.add(string.format("base of %s must be a share such as \"1%%\", got %d", subject, given.count), nil,
      problems.at_field(place, "base"))
  end
  return given.percent
end

--- Returns the bounds for each value of a tag, or nil if none are given.
local function read_each(subject, given, place)
  if not given then return nil end
  local each = fields.read("each of " .. subject, "configuration.each", given, problems.at_field(place, "each"))
  if each.tag and not each.floor and not each.failed then
    problems.add("each of " .. subject .. " holds nothing", "give it floor or failed", problems.at_field(place, "each"))
  end
  return each.tag and each
end

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
  check_alone(subject, own, place)
  return { name = name, place = place, floor = own.floor, parallel = own.parallel, failed = budget.failed, wave = budget.wave,
    unreachable = budget.unreachable, healthy = own.minimum_healthy, base = read_base(subject, own.base, place),
    apart = own.apart, alone = own.alone, each = read_each(subject, own.each, place) }
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

types.define("configuration", "a configuration's name, or a table with floor, parallel and budget, or minimum_healthy", function(v)
  return type(v) == "string" or type(v) == "table" or values.is(v, configuration.kind) ~= nil, v
end)

--- Returns the configuration as data for the engine.
function configuration.data(value, name)
  return problems.placed({ name = name or value.name, floor = value.floor, parallel = value.parallel, failed = value.failed,
    wave = value.wave, unreachable = value.unreachable, healthy = value.healthy, base = value.base,
    apart = value.apart, alone = value.alone, each = value.each }, value.place)
end

--- Returns the configuration of a recipe as data for the engine, or nil if it has none. checks: whether the name must exist.
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
