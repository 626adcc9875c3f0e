-- strategy "name" (function(rollout, options) … end): a function that decides about waves.

local import = ...
local language, phases, problems = import "runtime/language", import "runtime/phases", import "runtime/problems"
local values, void = import "runtime/values", import "runtime/void"
local amount, fields, types = import "types/amount", import "types/fields", import "types/types"
local named = import "words/named"

--- shipped: strategies that every recipe has in reach by their names; each is recipes/strategies/NAME.lua.
local strategy = { shipped = { "all_at_once", "rolling" } }
local defined, bound = values.kind "strategy", values.kind "strategy with its options"

language.word {
  name = "strategy", nature = "pure", phases = { "description" }, takes = "\"name\" (function(rollout, options) … end)",
  summary = "A function that decides about waves.",
  example = "strategy \"halves\" (function(rollout) for wave in rollout.targets:batches \"50%\" do rollout:wave(wave) end end)",
  fields = {
    { "decide", "function", "function(rollout, options)", required = true }, { "options", "function", "a schema for its options" },
  },
}

local function bind(inside, given, place)
  if inside.options then given = inside.options(given) end
  local options = types.read("options of strategy " .. inside.name, types.named "record", given or {}, place) or {}
  for _, name in ipairs { "batch", "parallel" } do
    local read = amount.read(options[name])
    if read and amount.is_nothing(read) then
      problems.add(string.format("%s of strategy %s must be a count from 1, or a share above 0%%, got %s", name, inside.name,
        values.described(options[name])), nil, place)
    end
  end
  return proxy(bound, 0, { name = inside.name, decide = inside.decide, options = options, batch = amount.read(options.batch),
    place = place })
end

defined.__call = framed(function(self, options) return bind(payload(self), options, problems.here()) end)

--- strategy "name" (function(rollout, options) … end), or { options = schema { … }, decide = function … end }.
language.meaning("strategy", function(name)
  phases.describing "strategy"
  local place = problems.here()
  if not named.is_good("strategy", name, place) then return void end
  return named.begun("strategy", name, place, function(body)
    local inside = { name = name, place = place }
    if type(body) == "function" then inside.decide = body else
      local own = fields.read(string.format("strategy %q", name), "strategy", body, place)
      inside.decide, inside.options = own.decide, own.options
    end
    if not inside.decide then return void end
    return proxy(defined, 0, inside)
  end)
end)

types.define("strategy", 'a strategy such as rolling { batch = "25%" }', function(v)
  local inside = values.is(v, defined)
  if inside then v = bind(inside, {}, inside.place) end
  return values.is(v, bound) ~= nil, v
end)

--- As the engine gets it; nil for none. Its function gets its number here.
function strategy.data(value)
  if not value then return nil end
  local own = payload(value)
  local file, line = place(own.decide)
  return problems.placed({ name = own.name, options = own.options, batch = own.batch,
    ["function"] = register(own.decide, "strategy " .. own.name) }, file and { file = file, line = line } or own.place)
end

return strategy
