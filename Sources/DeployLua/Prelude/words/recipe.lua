-- recipe "name" { … }: describes the deployment of one application. recipe { … } describes a base for other recipes.

local import = ...
local language, phases, problems = import "runtime/language", import "runtime/phases", import "runtime/problems"
local tables, values, void = import "runtime/tables", import "runtime/values", import "runtime/void"
local fields, types = import "types/fields", import "types/types"
local alarm, bases, bundle = import "words/alarm", import "words/bases", import "words/bundle"
local configuration = import "words/configuration"
local freeze, group, hook, named = import "words/freeze", import "words/group", import "words/hook", import "words/named"
local param, sections, stage = import "words/param", import "words/sections", import "words/stage"
local strategy, task, traffic = import "words/strategy", import "words/task", import "words/traffic"

local recipe = {}
local kind = values.kind "recipe"

language.word {
  name = "recipe", nature = "pure", phases = { "description" }, takes = "\"name\" { … }",
  summary = "Describes how one application is deployed.",
  example = "recipe \"web\" { path = \"/srv/web\", revision = bundle \"dist\", targets = group \"production\" }",
  fields = {
    { "api", "positive", "the level of the recipe language that the recipe needs", default = "1" },
    { "application", "name", "the application's name", default = "the recipe's name" },
    { "revision", "revision", "the files to deploy: a folder, an archive or a git ref" },
    { "targets", "targets", "the hosts to which the recipe deploys: a group, or a list of hosts" },
    { "partners", "groups", "groups of hosts that the deployment uses, such as balancers and databases. No release is installed on these "
      .. "hosts" },
    { "configuration", "configuration", "the bounds of the rollout, such as floor, parallel and budget" },
    { "strategy", "strategy", "decides which hosts each wave changes. If not given, the first wave is 1 host, and each further wave "
      .. "multiplies the number of hosts with the release by 4" },
    { "path", "name", "the folder on hosts that contains the releases" },
    { "shared", "strings", "paths of files and folders that all releases share; the path of a folder ends in /" },
    { "keep", "positive", "the number of releases that a host keeps", default = "5" },
    { "reuse", "copy|link", "whether unchanged files of the previous release are copied or hard-linked into a new release" },
    { "user", "user", "the login user, if neither host nor group names one" },
    { "params", "table", "the recipe's parameters: typed values that you choose when you deploy" },
    { "stages", "stages", "the stages of a deployment, in order", default = "upload and rollout" },
    { "tasks", "tasks", "the tasks that lander run can run: a list of task \"name\" { … }" },
    { "on", "table", "the hooks: for each lifecycle event, function(host, deployment), or a list of such functions" },
    { "on_failure", "functions", "function(deployment, error), called once if the deployment fails; or a list of such functions" },
    { "on_success", "functions", "function(deployment), called once if the deployment succeeds; or a list of such functions" },
    { "rollback", "boolean", "whether hosts are rolled back if something fails", default = "true" },
    { "appspec", "table", "how Lander installs a bundle by its appspec file. The recipe recipes.appspec sets this field" },
    { "freeze", "freezes", "the times in which no deployment begins: a table, or a list of tables" },
    { "alarm", "table", "how Lander checks the hosts after a deployment has succeeded" },
    { "traffic", "table", "how rollout:shift moves traffic between pools" },
    { "base", "recipe", "the recipe that this recipe extends, or a list of such recipes" },
  },
}
language.word {
  name = "recipe.appspec", nature = "pure", phases = { "description" }, takes = "appspec = { … }",
  summary = "Says how Lander installs bundles that have an appspec file.",
  example = "appspec = { file = \"appspec.yml\", file_exists = \"overwrite\" }",
  fields = {
    { "file", "name", "the appspec file's path in the bundle", default = "\"appspec.yml\"" },
    { "file_exists", "disallow|overwrite|retain", "what to do with existing files that no deployment installed", default = "\"disallow\"" },
    { "restore", "boolean", "whether Lander restores the replaced files on a host that fails", default = "true" },
    { "ignore_stop_failures", "boolean", "whether to continue if a stop script of the previous revision fails", default = "false" },
    { "foreign_links", "follow|refuse",
      "what to do if the path of a destination contains an unsafe link: a link that somebody other than root and the deploying user can "
        .. "replace", default = "\"follow\"" },
    { "user", "user", "the user who installs files and runs scripts. Lander uses sudo to become this user. If not given, the login user" },
  },
}

types.define("recipe", "a recipe to build upon, such as static_site { … }, or a list of them", function(v)
  if values.is(v, kind) then return true, { v } end
  if type(v) ~= "table" then return false end
  local list = {}
  for key, item in pairs(v) do
    if math.type(key) ~= "integer" or item ~= void and not values.is(item, kind) then return false end
    if item ~= void then list[#list + 1] = item end
  end
  return true, list
end)

--- Returns the recipe's own parameters, and those of its bases that have other names.
local function params_of(base, own, place)
  if not own then return base.params end
  local list, seen, kept = param.read(own, place), {}, {}
  for _, one in ipairs(list) do seen[one.name] = true end
  for _, one in ipairs(base.params) do if not seen[one.name] then kept[#kept + 1] = one end end
  return tables.joined(kept, list)
end

local function stages_of(base, own, name, place)
  local list = sections.complete(base, own.stages)
  local uploads, rollouts = 0, 0
  for _, item in ipairs(own.stages or {}) do
    local inside = payload(item)
    uploads, rollouts = uploads + (inside.kind == "upload" and 1 or 0), rollouts + (inside.kind == "rollout" and 1 or 0)
    if inside.kind == "rollout" and inside.strategy and own.strategy then
      problems.add("a strategy is given twice: as strategy, and in stage.rollout", "keep one of them", problems.at_field(place, "strategy"))
    end
  end
  if own.strategy then list = sections.with_strategy(list, own.strategy, place) end
  if name then list = sections.in_place(list) end
  if uploads > 1 or rollouts > 1 then
    problems.add("a recipe has at most one stage.upload and one stage.rollout", nil, problems.at_field(place, "stages"))
  end
  return list
end

local function is_newer(body, subject, place)
  local level = type(body) == "table" and math.type(body.api) == "integer" and body.api or 1
  if level <= language.api then return false end
  problems.add(string.format("%s needs API %d, this lander has %d", subject, level, language.api), "install a newer lander",
    problems.at_field(place, "api"))
  return true
end

local function define(name, body, place)
  local subject = name and string.format("recipe %q", name) or "recipe"
  if is_newer(body, subject, place) then return void end -- the rest of the recipe is for a newer version of Lander
  local own = fields.read(subject, "recipe", body, place)
  local base = bases.combined(own.base or {}, own, subject, problems.at_field(place, "base"))
  if own.shared then bases.warn_of_unshared(base.fields.shared, own.shared, subject, problems.at_field(place, "shared")) end
  local value = { name = name, place = place, fields = tables.copy(base.fields), origins = tables.copy(base.origins) }
  for key, given in pairs(own) do
    if key ~= "base" then value.fields[key] = given end
    value.origins[key] = problems.at_field(place, key)
  end
  value.hooks = tables.joined(base.hooks, own.on and hook.read(own.on, problems.at_field(place, "on")))
  value.params = params_of(base, own.params, problems.at_field(place, "params"))
  if own.appspec then
    value.fields.appspec = fields.read("appspec of " .. subject, "recipe.appspec", own.appspec, problems.at_field(place, "appspec"))
  end
  if own.traffic then value.fields.traffic = traffic.read(own.traffic, subject, problems.at_field(place, "traffic")) end
  if own.freeze then value.fields.freeze = freeze.read(own.freeze, subject, problems.at_field(place, "freeze")) end
  if own.alarm then value.fields.alarm = alarm.read(own.alarm, subject, problems.at_field(place, "alarm")) end
  if name then
    alarm.refuse_held(value.fields.alarm, value.fields.rollback, subject, value.origins.alarm)
  end
  if name and value.fields.appspec and value.fields.path == nil then value.fields.path = "/srv/" .. name end
  value.declares = base.declares or own.stages ~= nil or own.strategy ~= nil
  value.stages = stages_of(base, own, name, place)
  value.partners = tables.joined(base.partners, own.partners)
  value.tasks = task.joined(base.tasks, own.tasks)
  value.on_failure = tables.joined(base.on_failure, own.on_failure)
  value.on_success = tables.joined(base.on_success, own.on_success)
  if name then
    if value.fields.path == nil and body ~= void and (type(body) ~= "table" or body.path == nil)
      and (not own.base or #problems.list == 0) then
      problems.add(subject .. " needs path, where releases live on hosts", string.format("path = \"/srv/%s\"", name), place)
    end
    named.declare("recipe", name, value, place)
  end
  return proxy(kind, 0, value)
end

language.meaning("recipe", function(name)
  phases.describing "recipe"
  local place = problems.here()
  if type(name) == "table" then return define(nil, name, place) end
  if not named.is_good("recipe", name, place) then return void end
  return named.begun("recipe", name, place, function(body) return define(name, body, place) end)
end)

-- As the engine gets it ----------------------------------------------------------------------------------------------

local function each_data(list, data, ...)
  local result = {}
  for i, item in ipairs(list) do result[i] = data(item, ...) end
  return result
end

--- Returns a recipe as plain data. Its functions get their numbers here: hooks, stages, on_failure, on_success. checks: whether names must
--- exist.
function recipe.data(value, checks)
  local own, origins = value.fields, value.origins
  local data = problems.placed({ name = value.name, application = own.application or value.name, path = own.path or "/",
    shared = own.shared, keep = own.keep, reuse = own.reuse, user = own.user, rollback = own.rollback, appspec = own.appspec,
    freeze = own.freeze, alarm = own.alarm,
    targets = group.targets(own.targets, origins.targets, checks),
    partners = group.names(value.partners, origins.partners, checks),
    configuration = configuration.of(own.configuration, origins.configuration, checks),
    revision = bundle.data(own.revision), params = each_data(value.params, param.data) }, value.place)
  -- With CodeDeploy's rule, all hosts are one wave, with as many at the same time as the rule allows.
  local usual = not (data.configuration and data.configuration.healthy) and strategy.usual or nil
  data.hooks = each_data(value.hooks, hook.data, value.place)
  data.stages = each_data(value.stages, stage.data, own.traffic, usual)
  data.on_failure = each_data(value.on_failure, register, "on_failure")
  data.on_success = each_data(value.on_success, register, "on_success")
  data.tasks = each_data(value.tasks, task.data, own.traffic, usual, own.appspec)
  data.origins = {}
  for key, place in pairs(origins) do data.origins[#data.origins + 1] = problems.placed({ name = key }, place) end
  return data
end

return recipe
