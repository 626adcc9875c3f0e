-- recipe, what it is built upon, and the whole project as plain data.

local events = {}
for _, name in ipairs(vocabulary.events) do events[name] = true end
local own_events = { DownloadBundle = true, Install = true }

types.targets = { words = 'group "name", or a list of hosts', read = function(v)
  return type(v) == "table" or type(v) == "string" or is(v, group_type) ~= nil or is(v, host_type) ~= nil, v
end }
types.recipe = { words = "a recipe to build upon, such as static_site { … }, or a list of them", read = function(v)
  if is(v, recipe_type) then return true, { v } end
  if type(v) ~= "table" then return false end
  local list = {}
  for key, item in pairs(v) do
    if math.type(key) ~= "integer" or item ~= void and not is(item, recipe_type) then return false end
    if item ~= void then list[#list + 1] = item end
  end
  return true, list
end }

local function read_hooks(on, place)
  local hooks = {}
  for key, value in pairs(on) do
    if not events[key] then
      problem(string.format("there is no lifecycle event %s", described(key)),
        did_you_mean(key, vocabulary.events) or "they are " .. table.concat(vocabulary.events, ", "), at_field(place, tostring(key)))
    elseif own_events[key] then
      problem(key .. " is done by the engine itself and takes no hook", "use BeforeInstall or AfterInstall", at_field(place, key))
    else
      for _, hook in ipairs(read_value(key, types.functions, value, at_field(place, key)) or {}) do
        hooks[#hooks + 1] = { event = key, run = hook }
      end
    end
  end
  return hooks
end

local function read_params(given, place)
  local list, seen = {}, {}
  for name, value in pairs(given) do
    local inside = is(value, parameter_type)
    if type(name) ~= "string" or not string.match(name, "^[%a_][%w_]*$") then
      problem("a parameter has a name made of letters, digits and '_', got " .. described(name), nil, place)
    elseif inside then
      list[#list + 1] = { name = name, inside = inside }
    elseif value ~= void then
      problem(string.format("parameter %q must be a param such as param.boolean { default = true }, got %s", name, described(value)), nil,
        at_field(place, name))
    end
  end
  return list
end

local function define(name, body, place)
  local subject = name and string.format("recipe %q", name) or "recipe"
  local level = type(body) == "table" and math.type(body.api) == "integer" and body.api or 1
  if level > vocabulary.api then -- what else it says is for a newer one to read
    problem(string.format("%s needs API %d, this lander has %d", subject, level, vocabulary.api),
      "install a newer lander", at_field(place, "api"))
    return void
  end
  local fields = read_fields(subject, "recipe", body, place)
  local base = combined(fields.base or {}, fields, subject, at_field(place, "base"))
  if fields.shared then warn_of_unshared(base.fields.shared, fields.shared, subject, at_field(place, "shared")) end
  local value = { name = name, place = place, fields = copy(base.fields), origins = copy(base.origins) }
  for key, given in pairs(fields) do
    if key ~= "base" then
      value.fields[key] = given
    end
    value.origins[key] = at_field(place, key)
  end
  value.hooks = added(base.hooks, fields.on and read_hooks(fields.on, at_field(place, "on")))
  value.params = base.params
  if fields.params then
    local own, seen = read_params(fields.params, at_field(place, "params")), {}
    for _, parameter in ipairs(own) do seen[parameter.name] = true end
    local kept = {}
    for _, parameter in ipairs(base.params) do if not seen[parameter.name] then kept[#kept + 1] = parameter end end
    value.params = added(kept, own)
  end
  if fields.appspec then
    value.fields.appspec = read_fields("appspec of " .. subject, "recipe.appspec", fields.appspec, at_field(place, "appspec"))
  end
  if name and value.fields.appspec and value.fields.path == nil then value.fields.path = "/srv/" .. name end
  value.declares = base.declares or fields.stages ~= nil or fields.strategy ~= nil
  value.stages = stages_of(base, fields.stages)
  if fields.strategy then
    for _, item in ipairs(fields.stages or {}) do
      if payload(item).kind == "rollout" then
        problem("a strategy is given twice: as strategy, and in stage.rollout", "keep one of them", at_field(place, "strategy"))
      end
    end
    value.stages = with_strategy(value.stages, fields.strategy)
  end
  if name then value.stages = in_place(value.stages) end
  local uploads, rollouts = 0, 0
  for _, item in ipairs(fields.stages or {}) do
    local what = payload(item).kind
    uploads, rollouts = uploads + (what == "upload" and 1 or 0), rollouts + (what == "rollout" and 1 or 0)
  end
  if uploads > 1 or rollouts > 1 then
    problem("a recipe has at most one stage.upload and one stage.rollout", nil, at_field(place, "stages"))
  end
  value.on_failure = added(base.on_failure, fields.on_failure)
  value.on_success = added(base.on_success, fields.on_success)
  if name then
    if value.fields.path == nil and body ~= void and (type(body) ~= "table" or body.path == nil)
      and (not fields.base or #problems == 0) then
      problem(subject .. " needs path, where releases live on hosts", string.format("path = \"/srv/%s\"", name), place)
    end
    local other = named.recipe[name]
    if other then
      problem(string.format("recipe %q is defined twice", name),
        string.format("the first one is in %s:%d", other.place.file, other.place.line), place)
    else
      named.recipe[name] = value
      recipes[#recipes + 1] = value
    end
  end
  return proxy(recipe_type, 0, value)
end

--- recipe "name" { … } defines one; recipe { … } makes one to build upon.
function recipe(name)
  describing "recipe"
  local place = here_is()
  if type(name) == "table" then return define(nil, name, place) end
  if type(name) ~= "string" or not string.match(name, "^[%w][%w%._%-]*$") then
    if name ~= void then problem("recipe takes a name made of letters, digits, '.', '_' and '-', got " .. described(name), nil, place) end
    return function() return void end
  end
  local entry = { what = "recipe", name = name, place = place }
  unfinished[#unfinished + 1] = entry
  return framed(function(body)
    entry.done = true
    return define(name, body, place)
  end)
end

-- The project as data ------------------------------------------------------------------------------------------------

local function placed(record, place)
  if place then record.file, record.line = place.file, place.line end
  return record
end

local function place_of(run, otherwise)
  local file, line = _ENV.place(run)
  if file then return { file = file, line = line } end
  return otherwise
end

local function argv_of(definition, checks)
  local name = definition.transport
  if not checks or not name or name == "ssh" or name == "local" then return nil end
  local known = named.transport[name]
  if not known then
    local names = added({ "ssh", "local" }, keys_of(named.transport))
    problem(string.format("host %q: there is no transport %q", definition.name, name), did_you_mean(name, names, "%q"), definition.place)
    return nil
  end
  local ok, argv = pcall(known.make, { name = definition.name, address = definition.address, port = definition.port,
    user = definition.user, root = definition.root, tags = copy(definition.tags), vars = copy(definition.vars) })
  if ok and type(argv) == "table" and #argv > 0 and types.strings.read(argv) then return argv end
  problem(string.format("transport %q gave no argv for host %q: %s", name, definition.name, ok and described(argv) or tostring(argv)),
    "it returns a list such as { \"docker\", \"exec\", \"-i\", name, \"sh\" }", known.place)
end

local function group_data(value, checks)
  local hosts = {}
  for i, definition in ipairs(value.hosts or {}) do
    hosts[i] = { name = definition.name, user = definition.user, port = definition.port, address = definition.address,
      transport = definition.transport, root = definition.root, tags = definition.tags, vars = definition.vars,
      argv = argv_of(definition, checks) }
    placed(hosts[i], definition.place)
  end
  return placed({ name = value.name or "", hosts = hosts, tags = value.fields.tags, params = value.fields.params }, value.place)
end

local function configuration_data(value)
  return placed({ name = value.name, floor = value.floor, parallel = value.parallel, failed = value.failed,
    unreachable = value.unreachable }, value.place)
end

local function configuration_of(given, place, checks)
  if given == nil then return nil end
  local inside = is(given, configuration_type)
  if inside then return configuration_data(inside) end
  if type(given) == "table" then return configuration_data(read_configuration(nil, given, place)) end
  local known = named.configuration[given] or standard_configurations[given]
  if known then
    local data = configuration_data(known)
    data.name = given
    return data
  end
  if checks then
    local names = added(keys_of(named.configuration), keys_of(standard_configurations))
    problem(string.format("there is no configuration %q", given),
      did_you_mean(given, names, "%q") or "there are " .. table.concat(names, ", "), place)
  end
end

local function targets_of(given, place, checks)
  if given == nil then return nil end
  local inside = is(given, group_type)
  if type(given) == "string" then inside = { name = given } end
  if not inside then
    return { hosts = group_data({ hosts = read_hosts(given, place, {}), fields = {}, place = place }, checks) }
  end
  if not inside.name then return { hosts = group_data(inside, checks) } end
  if checks and not named.group[inside.name] then
    local names = keys_of(named.group)
    local others = string.format("define it: group %q { hosts = { … } }", inside.name)
    if #names > 0 then others = "there are " .. table.concat(names, ", ") end
    problem(string.format("there is no group %q", inside.name), did_you_mean(inside.name, names, "%q") or others, place)
  end
  return { group = inside.name }
end

local function stage_data(item)
  local inside = payload(item)
  if inside.kind == "upload" then return { kind = "upload" } end
  if inside.kind == "rollout" then
    local bound = inside.strategy and payload(inside.strategy)
    return { kind = "rollout", strategy = bound and placed({ name = bound.name, options = bound.options, batch = bound.batch,
      ["function"] = register(bound.decide, "strategy " .. bound.name) }, place_of(bound.decide, bound.place)) }
  end
  local run = inside.run or function() end
  local when = inside.when
  return placed({ kind = "script", name = inside.name, summary = inside.summary, ["function"] = register(run, "stage " .. inside.name),
    when = when and register(function(deployment) return when(deployment) and true or false end, "when of stage " .. inside.name) },
    inside.place)
end

local function registered(list, title)
  local numbers = {}
  for i, run in ipairs(list) do numbers[i] = register(run, title) end
  return numbers
end

local function recipe_data(value, checks)
  local fields, origins = value.fields, value.origins
  local data = placed({ name = value.name, application = fields.application or value.name, path = fields.path or "/",
    shared = fields.shared, keep = fields.keep, reuse = fields.reuse, user = fields.user, rollback = fields.rollback,
    appspec = fields.appspec }, value.place)
  data.targets = targets_of(fields.targets, origins.targets, checks)
  data.configuration = configuration_of(fields.configuration, origins.configuration, checks)
  local revision = fields.revision and payload(fields.revision)
  if revision then
    data.revision = placed({ from = revision.from, git = revision.git, repository = revision.repository, build = revision.build,
      ignore = revision.ignore }, revision.place)
  end
  data.params, data.hooks, data.stages, data.origins = {}, {}, {}, {}
  for i, parameter in ipairs(value.params) do
    local inside = parameter.inside
    data.params[i] = placed({ name = parameter.name, kind = inside.kind, default = inside.options.default, help = inside.options.help,
      min = inside.options.min, max = inside.options.max, match = inside.options.match, choices = inside.options.choices }, inside.place)
  end
  for i, hook in ipairs(value.hooks) do
    local number = register(hook.run, "hook " .. hook.event)
    data.hooks[i] = placed({ event = hook.event, ["function"] = number }, place_of(hook.run, value.place))
  end
  for i, item in ipairs(value.stages) do data.stages[i] = stage_data(item) end
  data.on_failure = registered(value.on_failure, "on_failure")
  data.on_success = registered(value.on_success, "on_success")
  for key, place in pairs(origins) do data.origins[#data.origins + 1] = placed({ name = key }, place) end
  return data
end

--- All that was described, in the order of the files: equal sources give equal numbers to functions.
--- only: names of the recipes that are wanted; the others take their numbers and are not told.
function project_data(checks, only)
  local data = { recipes = {}, groups = {}, configurations = {} }
  for _, entry in ipairs(unfinished) do
    if not entry.done then
      problem(string.format("%s %q has a name and nothing else", entry.what, entry.name), "a table { … } belongs after it", entry.place)
    end
  end
  if not only then
    for i, value in ipairs(groups) do data.groups[i] = group_data(value, checks) end
    for i, value in ipairs(configurations) do data.configurations[i] = configuration_data(value) end
  end
  for _, value in ipairs(recipes) do
    local one = recipe_data(value, checks)
    if not only or only[value.name] then data.recipes[#data.recipes + 1] = one end
  end
  data.problems, data.warnings = problems, warnings
  return data
end
