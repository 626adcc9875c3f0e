-- stage "name" { … }, stage.upload and stage.rollout { … }: the parts of a deployment.

local import = ...
local grants, language = import "runtime/grants", import "runtime/language"
local phases, problems = import "runtime/phases", import "runtime/problems"
local values, void = import "runtime/values", import "runtime/void"
local fields, types = import "types/fields", import "types/types"
local group, named, strategy = import "words/group", import "words/named", import "words/strategy"

types.define("ground", '"host", "engine", or a group such as group "db"', function(v)
  if v == "host" or v == "engine" then return true, { on = v } end
  local inside = values.is(v, group.kind)
  if not (inside and inside.name) then return false end
  return true, { group = inside.name }
end)

local stage = { kind = values.kind "stage" }

language.word {
  name = "stage", nature = "pure", phases = { "description" }, takes = "\"name\" { run = … }", members = { "upload" },
  summary = "Defines a stage: a part of a deployment, which runs once for all hosts together.",
  example = "stage \"migrate\" { run = function(deployment) deployment.targets:first():run \"bin/migrate\" end }",
  fields = {
    { "run", "function", "function(deployment), or function(host, deployment) if on is \"host\" or a group", required = true },
    { "when", "function", "function(deployment): returns whether the stage runs" }, { "summary", "string", "one sentence that plans show" },
    { "before", "name", "the name of the stage immediately before which this stage runs: upload, rollout or the name of another stage" },
    { "after", "name", "the name of the stage immediately after which this stage runs" },
    { "once", "deployment|revision", "\"revision\": the hosts record that the stage has run, and later deployments of the same bundle "
      .. "skip it" },
    { "on", "ground",
      "where the stage runs. With \"host\", the first argument of run is the first target of the deployment. With a group of partners, "
        .. "the first argument of run is the first host of that group. With \"engine\", run gets no host" },
    { "irreversible", "boolean", "whether the stage makes a rollback impossible. Once the stage has begun, Lander does not roll hosts "
      .. "back", default = "false" },
    { "undo", "function", "function(deployment, error): undoes the stage in a rollback. error says why the stage failed, or is nil if the "
      .. "stage did not fail" },
  },
}
language.word {
  name = "stage.rollout", nature = "pure", phases = { "description" }, takes = "{ strategy = … }",
  summary = "Changes the hosts in waves. Each host goes through the lifecycle events.",
  example = "stage.rollout { strategy = rolling { batch = \"25%\" } }",
  fields = { { "strategy", "strategy", "decides which hosts each wave changes. If not given, the first wave is 1 host, and each further "
    .. "wave multiplies the number of hosts with the release by 4" } },
}

stage.upload = proxy(stage.kind, 0, { kind = "upload", name = "upload" })
stage.rollout = proxy(stage.kind, 0, { kind = "rollout", name = "rollout" })

--- Returns stage.rollout with a strategy.
function stage.rollout_with(strategy_, place)
  return proxy(stage.kind, 0, { kind = "rollout", name = "rollout", strategy = strategy_, place = place })
end

stage.kind.__call = framed(function(self, given)
  if self ~= stage.rollout then
    problems.add("this stage takes no options")
    return self
  end
  phases.describing "stage.rollout"
  local own = fields.read("stage.rollout", "stage.rollout", given or {}, problems.here())
  return stage.rollout_with(own.strategy, problems.here())
end)

local function script(name)
  phases.describing "stage"
  local place = problems.here()
  if not named.is_good("stage", name, place) then return void end
  return named.begun("stage", name, place, function(body)
    local own = fields.read(string.format("stage %q", name), "stage", body, place)
    if own.before and own.after then
      problems.add(string.format("stage %q has both before and after", name), "keep one of them", problems.at_field(place, "after"))
    end
    if own.undo and own.irreversible then
      problems.add(string.format("stage %q has undo and is irreversible", name),
        "keep undo if the previous release works after it has run; otherwise keep irreversible = true", problems.at_field(place, "undo"))
    end
    return proxy(stage.kind, 0, { kind = "script", name = name, place = place, summary = own.summary or "", run = own.run,
      when = own.when, before = own.before, after = own.after, once = own.once, on = own.on, irreversible = own.irreversible,
      undo = own.undo })
  end)
end
language.meaning("stage", values.word("stage", { upload = stage.upload, rollout = stage.rollout }, script))

types.define("stages", "a list of stages { stage.upload, stage.rollout }", function(v)
  if type(v) ~= "table" then return false end
  local list = {}
  for key, item in pairs(v) do
    if math.type(key) ~= "integer" then return false end
    if item ~= void then
      if not values.is(item, stage.kind) then return false end
      list[#list + 1] = item
    end
  end
  return true, list
end)

--- Returns the function of a stage as a function of the deployment. If the stage runs on one host, that host is the function's first
--- argument.
local function whole(run, on)
  if not on or on.on == "engine" then return run end
  return grants.stands_for(function(deployment, failure)
    local hosts = on.group and deployment:partners(on.group) or deployment.targets
    return run(hosts:first(), deployment, failure)
  end, run)
end

--- Returns the fields of a stage without its function, or nil if there are none.
local function terms(own)
  if not (own.once or own.on or own.irreversible or own.undo) then return nil end
  return { once = own.once, irreversible = own.irreversible, on = own.on and own.on.on, group = own.on and own.on.group,
    undo = own.undo and register(whole(own.undo, own.on), "undo of stage " .. own.name) }
end

--- Returns the stage as data for the engine. Its functions get their numbers here: first `run`, then `undo`, then `when`. traffic: the
--- recipe's traffic, or nil if the recipe has none. usual: returns the strategy of a rollout that names none. If usual is nil, such a
--- rollout has no strategy, and all hosts are one wave.
function stage.data(item, traffic, usual)
  local own = payload(item)
  if own.kind == "upload" then return { kind = "upload" } end
  if own.kind == "rollout" then
    return { kind = "rollout", strategy = strategy.data(own.strategy or usual and usual(), traffic, own.place) }
  end
  local when, run = own.when, register(whole(own.run or function() end, own.on), "stage " .. own.name)
  return problems.placed({ kind = "script", name = own.name, summary = own.summary, ["function"] = run, terms = terms(own),
    when = when and register(grants.stands_for(function(deployment) return when(deployment) and true or false end, when),
      "when of stage " .. own.name) }, own.place)
end

return stage
