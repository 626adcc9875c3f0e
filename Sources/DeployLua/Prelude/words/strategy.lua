-- strategy "name" (function(rollout, options) … end): declares a function that decides on waves.

local import = ...
local grants, language = import "runtime/grants", import "runtime/language"
local phases, problems = import "runtime/phases", import "runtime/problems"
local tables, values, void = import "runtime/tables", import "runtime/values", import "runtime/void"
local amount, fields, types = import "types/amount", import "types/fields", import "types/types"
local named, traffic = import "words/named", import "words/traffic"

--- shipped: the strategies that every recipe can use by their names; each is recipes/strategies/NAME.lua.
--- require: the `require` of the main file, which is set when the project is read. defined: the strategies of all files that were read, by
--- their names.
local strategy = { defined = {}, shipped = { "all_at_once", "blue_green", "canary", "growing", "linear", "rolling" } }
language.strategies = strategy.shipped
local defined, bound = values.kind "strategy", values.kind "strategy with its options"

language.word {
  name = "strategy", nature = "pure", phases = { "description" }, takes = "\"name\" (function(rollout, options) … end)",
  summary = "Defines a strategy: a function that decides on the waves and gates of a rollout.",
  example = "strategy \"halves\" (function(rollout) for wave in rollout.targets:batches \"50%\" do rollout:wave(wave) end end)",
  fields = {
    { "decide", "function", "function(rollout, options)", required = true },
    { "options", "function", "a schema that describes the options of the strategy" },
  },
}

--- Separates the options that are functions, by name, from the others.
local function without_functions(given)
  local functions, rest = {}, {}
  if type(given) ~= "table" then return functions, given end
  for name, value in pairs(given) do
    if type(value) == "function" and type(name) == "string" then functions[name] = value else rest[name] = value end
  end
  return functions, rest
end

local function bind(inside, given, place)
  if inside.options then given = inside.options(given) end
  local functions
  functions, given = without_functions(given)
  local options = types.read("options of strategy " .. inside.name, types.named "record", given or {}, place) or {}
  local counts = { "batch", "parallel" }
  -- A strategy of the project might use a first wave without hosts for something. The strategies that come with Lander cannot.
  if tables.set(strategy.shipped)[inside.name] then counts[3] = "first" end
  for _, name in ipairs(counts) do
    local read = amount.read(options[name])
    if read and amount.is_nothing(read) then
      problems.add(string.format("%s of strategy %s must be a count from 1, or a share above 0%%, got %s", name, inside.name,
        values.described(options[name])), nil, place)
    end
  end
  return proxy(bound, 0, { name = inside.name, decide = inside.decide, options = options, functions = functions,
    batch = amount.read(options.batch), place = place, plugin = inside.plugin })
end

--- Returns a strategy for a plugin that chose it. The strategy then has at most that plugin's grants. Other values are returned unchanged.
function strategy.shared(value, plugin)
  local kind = values.is(value, defined) and defined or values.is(value, bound) and bound
  if not kind or payload(value).plugin then return value end
  return proxy(kind, 0, tables.merged(payload(value), { plugin = plugin }))
end

defined.__call = framed(function(self, options) return bind(payload(self), options, problems.here()) end)

--- Takes strategy "name" (function(rollout, options) … end), or a table { options = schema { … }, decide = function … end }.
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
    local value = proxy(defined, 0, inside)
    strategy.defined[name] = value
    return value
  end)
end)

local type_ = types.define("strategy", 'a strategy such as rolling { batch = "25%" }', function(v)
  local inside = values.is(v, defined)
  if inside then v = bind(inside, {}, inside.place) end
  return values.is(v, bound) ~= nil, v
end)
function type_.propose(value)
  if not tables.set(strategy.shipped)[value] then return nil end
  return string.format("write it without quotes: strategy = %s {}", value)
end

--- Returns the strategy of a rollout that names none, with its options. Its file is read when the first recipe needs it.
function strategy.usual()
  local inside = values.is(strategy.require "recipes.strategies.growing", defined)
  return inside and bind(inside, {}, inside.place)
end

--- Returns the function that the engine starts. Options that are functions do not leave this state, so this function adds them again.
local function started(own)
  if #tables.keys(own.functions) == 0 and not own.plugin then return own.decide end
  local function decide(rollout, options) return own.decide(rollout, tables.merged(options, own.functions)) end
  return own.plugin and grants.share(decide, own.plugin) or grants.stands_for(decide, own.decide)
end

--- Returns the line that people recognise as a strategy: the line of its function or, if that function is in another file, the line that
--- names the strategy.
local function line_of(own, used)
  local file, line = place(own.decide)
  if not file then return own.place end
  if own.place and own.place.file ~= file then return own.place end
  if used and used.file ~= file then return used end
  return { file = file, line = line }
end

--- Returns the strategy as data for the engine, or nil if there is none. Its function gets its number here. adapter: the recipe's traffic,
--- or nil if the recipe has none. used: the line of the rollout or recipe that names the strategy.
function strategy.data(value, adapter, used)
  if not value then return nil end
  local own = payload(value)
  return problems.placed({ name = own.name, options = own.options, batch = own.batch,
    traffic = traffic.data(adapter), ["function"] = register(started(own), "strategy " .. own.name) },
    line_of(own, used))
end

return strategy
