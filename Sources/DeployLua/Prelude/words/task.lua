-- task "name" { … }: declares a runbook for the hosts of a recipe, which lander run starts.

local import = ...
local language = import "runtime/language"
local phases, problems = import "runtime/phases", import "runtime/problems"
local tables, values, void = import "runtime/tables", import "runtime/values", import "runtime/void"
local fields, types = import "types/fields", import "types/types"
local named, param, strategy = import "words/named", import "words/param", import "words/strategy"

local task = { kind = values.kind "task" }

language.word {
  name = "task", nature = "pure", phases = { "description" }, takes = "\"name\" { run = … }",
  summary = "Defines a task, which lander run runs on the hosts of a recipe. A task does not change the release of a host.",
  example = "task \"clear-cache\" { drain = true, run = function(host) host:run \"bin/clear-cache\" end }",
  fields = {
    { "run", "function", "function(host, deployment), called for each host" },
    { "once", "function", "function(deployment), called once for all hosts, before the first call of run" },
    { "drain", "boolean", "whether Lander takes a host out of traffic before run, and gives it traffic again after ValidateService" },
    { "restart", "boolean", "whether the hooks of the recipe stop the application before run, and start it after run" },
    { "strategy", "strategy", "decides which hosts each wave changes. If not given, the first wave is 1 host, and each further wave "
      .. "multiplies the number of hosts that have run the task by 4" },
    { "params", "table", "the task's own parameters, in addition to those of the recipe" },
    { "summary", "string", "one sentence that lander list shows" },
  },
}

local function check(own, subject, place)
  if not (own.run or own.once or own.drain or own.restart) then
    problems.add(subject .. " does nothing",
      "give it run = function(host) … end, once = function(deployment) … end or restart = true", place)
  elseif own.drain and not (own.run or own.restart) then
    problems.add(subject .. " takes hosts out of traffic and does nothing there", "give it run = function(host) … end, or restart = true",
      problems.at_field(place, "drain"))
  end
  if own.strategy and not (own.run or own.restart) then
    problems.add(subject .. " has a strategy and nothing to do on hosts", "give it run = function(host) … end",
      problems.at_field(place, "strategy"))
  end
end

language.meaning("task", function(name)
  phases.describing "task"
  local place = problems.here()
  if not named.is_good("task", name, place) then return void end
  return named.begun("task", name, place, function(body)
    local subject = string.format("task %q", name)
    local own, mistaken = fields.read(subject, "task", body, place)
    if type(body) == "table" and not mistaken and body ~= void then check(own, subject, place) end
    return proxy(task.kind, 0, { name = name, place = place, summary = own.summary, run = own.run, once = own.once,
      around = own.restart and "restart" or own.drain and "drain" or nil, strategy = own.strategy,
      params = own.params and param.read(own.params, problems.at_field(place, "params")) or {} })
  end)
end)

types.define("tasks", "a list of tasks { task \"restart\" { … } }", function(v)
  if type(v) ~= "table" or values.is(v, task.kind) then return false end
  local list, known = {}, {}
  for key, item in pairs(v) do
    if math.type(key) ~= "integer" then return false end
    if item ~= void then
      local inside = values.is(item, task.kind)
      if not inside then return false end
      if known[inside.name] then
        problems.add(string.format("task %q stands in the list twice", inside.name), "give one of them another name", inside.place)
      end
      known[inside.name], list[#list + 1] = true, item
    end
  end
  return true, list
end)

--- Returns the tasks of both lists. If two have the same name, the later one is used.
function task.joined(first, second)
  local names, kept = {}, {}
  for _, item in ipairs(second or {}) do names[payload(item).name] = true end
  for _, item in ipairs(first or {}) do if not names[payload(item).name] then kept[#kept + 1] = item end end
  return tables.joined(kept, second)
end

--- Returns the task as data for the engine. Its functions get their numbers here. traffic, appspec: those of the recipe. usual: as in
--- stage.data.
function task.data(item, traffic, usual, appspec)
  local own = payload(item)
  if appspec and own.around then
    problems.add(string.format("task %q takes hosts out of service, and scripts of an appspec file run in deployments only", own.name),
      "leave out drain and restart, and do what has to be done in run", own.place)
  end
  local params = {}
  for i, one in ipairs(own.params) do params[i] = param.data(one) end
  local takes = own.run or own.around
  return problems.placed({ name = own.name, summary = own.summary, around = own.around, params = params,
    run = own.run and register(own.run, "task " .. own.name), once = own.once and register(own.once, "once of task " .. own.name),
    strategy = takes and strategy.data(own.strategy or usual and usual(), traffic, own.place) or nil }, own.place)
end

return task
