-- The current deployment, as functions of recipes see it.

local import = ...
local language, rehearsal, tables = import "runtime/language", import "runtime/rehearsal", import "runtime/tables"
local copies = import "runtime/copies"
local values, fleet, sets = import "runtime/values", import "run/fleet", import "run/sets"
local partners = import "run/partners"

local deployment = {}
local kind, params_kind = values.kind "deployment", values.kind "params"
local facts, by_status = {}, {}
local targets, bound_targets = {}, {} -- numbers of hosts; for each plugin with grants, its own set of these hosts

local object = language.object {
  name = "deployment", summary = "The deployment that runs.",
  fields = {
    { "id", "string", "the deployment's id" }, { "application", "string", "the application's name" },
    { "recipe", "string", "the recipe's name" },
    { "revision", "string", "the source of the bundle; in a rollback, the release to which the hosts go back" },
    { "release", "string", "the release's id, or nil if there is none" }, { "group", "string", "the group's name" },
    { "params", "table", "the recipe's parameters by name" },
    { "targets", "hosts", "the deployment's hosts, without those that are left out" },
    { "release_path", "string", "the folder of the release on hosts, or nil if there is none" }, { "path", "string", "the recipe's path" },
    { "previous", "string", "the release that the hosts ran before, or nil if there was none" },
    { "status", "string", "running, succeeded or failed" }, { "actor", "string", "who started the deployment" },
    { "kind", "string", "deploy, rollback, task or remove" }, { "task", "string", "the name of the task that runs, or nil in a "
      .. "deployment" },
    { "message", "string", "the reason (--message, or the first line of the commit message), or nil if neither is known" },
    { "labels", "table", "the values of the option --label, by name" },
    { "commit", "string", "the commit of the bundle, or nil if it is not known" },
    { "branch", "string", "the commit's branch, or nil if it is not known" },
    { "tag", "string", "the commit's tag, or nil if the commit has none" },
    { "job", "string", "the address of the CI job's page, or nil if there is none" },
    { "commits", "table", "the new commits, newest first, at most 50: a list of { id, author, subject }" },
  },
}
local names, known = language.fields_of(object)

--- Returns the targets for a plugin. They are made when the plugin first asks for them, because there can be thousands.
local function targets_for(plugin)
  bound_targets[plugin] = bound_targets[plugin] or sets.of(targets, plugin)
  return bound_targets[plugin]
end

local methods = {}
for name, method in pairs(partners) do
  methods[name] = framed(function(self, wanted)
    if not values.is(self, kind) then
      return rehearsal.misuse("deployment:" .. name .. " is written with a colon", string.format("deployment:%s \"…\"", name))
    end
    return method(wanted, payload(self).plugin)
  end)
end

kind.__index = function(self, key)
  if methods[key] then return methods[key] end
  rehearsal.doubt_field(key)
  local inside = payload(self)
  if key == "targets" and inside.plugin then return targets_for(inside.plugin) end
  if known[key] then return inside[key] end
  return rehearsal.misnamed(string.format("a deployment has no %s", tostring(key)), key,
    tables.joined(names, tables.keys(methods)))
end
kind.__tostring = function(self)
  local inside = payload(self)
  return inside.application .. " " .. inside.revision
end

params_kind.__index = function(self, key)
  local inside = payload(self)
  -- Each reader gets a copy of a list, so that no hook changes the list of another hook.
  if inside.values[key] ~= nil or inside.known[key] then return copies.of(inside.values[key]) end
  return rehearsal.misnamed(string.format("there is no parameter %s", tostring(key)), key, tables.keys(inside.known))
end

local function params(given, declared) return proxy(params_kind, 0, { values = given, known = tables.set(declared) }) end

function params_kind.plain(inside) return copies.of(inside.values) end
params_kind.__pairs = function(self) return pairs(values.plain(self)) end

--- Sets the deployment that functions see from now on. data: its facts, the numbers of its targets, and the values and names of its params.
function deployment.know(data)
  facts = tables.copy(data.deployment)
  targets = data.targets
  facts.labels, facts.commits = facts.labels or {}, facts.commits or {}
  facts.targets, facts.params = sets.of(targets), params(data.params, data.param_names)
end

--- Returns a fact of the deployment, such as "revision" or "params".
function deployment.fact(name) return facts[name] end

--- Stores a fact until the next deployment is set.
function deployment.learn(name, value) facts[name] = value end

local function handle(more, plugin)
  more.plugin = plugin
  -- The plugin gets copies, so that nobody else sees its changes.
  if plugin then more.labels, more.commits = copies.of(facts.labels), copies.of(facts.commits) end
  return proxy(kind, 0, tables.merged(facts, more))
end

--- Returns the deployment for a function. status: "running", "succeeded" or "failed". plugin: the plugin whose grants the hosts carry, or
--- nil if they are allowed to do everything.
function deployment.handle(status, plugin)
  if plugin then return handle({ status = status }, plugin) end
  if not by_status[status] then by_status[status] = handle { status = status } end
  return by_status[status]
end

--- Returns the deployment as a hook of this host sees it. A kept recipe sees the release with which it was kept.
function deployment.of_host(number, plugin)
  local earlier = fleet.facts(number).earlier
  if not earlier then return deployment.handle("running", plugin) end
  return handle({ status = "running", release = earlier.release, revision = earlier.revision, release_path = earlier.release_path,
    params = params(earlier.params, earlier.param_names) }, plugin)
end

return deployment
