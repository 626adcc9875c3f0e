-- The words of deploy.lua. Each reads a table, takes down what is wrong with it, and returns a value that stands for the rest.

recipe_type, base_type = kind "recipe", nil
group_type, host_type = kind "group", kind "host definition"
configuration_type, bundle_type = kind "configuration", kind "bundle"
strategy_type, bound_type, stage_type = kind "strategy", kind "strategy with its options", kind "stage"

recipes, groups, configurations, transports = {}, {}, {}, {}   -- in the order of the file; by name in the fields of `named`
named = { recipe = {}, group = {}, configuration = {}, transport = {} }
unfinished = {}

local function declare(what, list, name, value, place)
  local other = named[what][name]
  if other then
    problem(string.format("%s %q is defined twice", what, name),
      string.format("the first one is in %s:%d", other.place.file or "?", other.place.line or 0), place)
    return
  end
  named[what][name] = value
  list[#list + 1] = value
end

local function good_name(what, name, place)
  if type(name) == "string" and string.match(name, "^[%w][%w%._%-]*$") then return true end
  if name ~= void then
    problem(string.format("a %s's name is made of letters, digits, '.', '_' and '-', got %s", what, described(name)), nil, place)
  end
  return false
end

--- A word that takes a name and then a table: until the table comes it is unfinished.
local function begun(what, name, place, finish)
  local entry = { what = what, name = name, place = place }
  unfinished[#unfinished + 1] = entry
  return framed(function(body)
    entry.done = true
    return finish(body)
  end)
end

-- hosts and groups ---------------------------------------------------------------------------------------------------

local function expand(name, into, place)
  local before, from, to, after = string.match(name, "^(.-)%[(%d+)%-(%d+)%](.*)$")
  if not before then
    into[#into + 1] = name
    return
  end
  local first, last = math.tointeger(tonumber(from)), math.tointeger(tonumber(to))
  if not first or not last or last < first or last - first > 9999 then
    return problem(string.format("the range in %q must go up, by at most 10,000", name), nil, place)
  end
  for number = first, last do expand(before .. string.format("%0" .. #from .. "d", number) .. after, into, place) end
end

--- Definitions of all hosts that a text such as "deploy@web[01-24]:2222" or "[fd77::11]:22" names.
function hosts_named(text, place)
  local user, machine, port = address_parts(text)
  local names, result = {}, {}
  if is_ipv6(machine) then names[1] = machine else expand(machine, names, place) end
  local number = port_number(text, port, place)
  for i, each_name in ipairs(names) do
    if not string.match(each_name, "^[%w_][%w%._%-]*$") and not is_ipv6(each_name) then
      problem(string.format("%q is no host name", each_name),
        string.find(each_name, ",", 1, true) and "each host is a text of its own: { \"web1\", \"web2\" }"
        or 'a host is "name", "user@name:22", an address ("10.0.3.25", "fd77::11", "[fd77::11]:22") or a range such as "web[01-24]"', place)
    else
      result[#result + 1] = { name = each_name, user = user, port = number, place = place }
    end
    if i > 20000 then break end
  end
  return result
end

local function define_host(name)
  describing "host"
  local place = here_is()
  if type(name) ~= "string" then
    if name ~= void then problem("host takes a name and then a table: host \"web1\" { address = … }", nil, place) end
    return void
  end
  local plain = proxy(host_type, 0, { name = name, place = place, fields = {} })
  return plain
end
host_type.__call = framed(function(self, body)
  local inside = payload(self)
  local fields = read_fields(string.format("host %q", inside.name), "host", body, inside.place)
  return proxy(host_type, 0, { name = inside.name, place = inside.place, fields = fields })
end)
host_type.__index = function(_, key)
  problem(string.format("host:%s exists only while a deployment runs: this host is a definition", tostring(key)),
    "hooks get the host they act on: on = { ApplicationStart = function(host) … end }")
  return void
end
local host_word = kind "host"
host_word.__index = host_type.__index
host_word.__call = framed(function(_, name) return define_host(name) end)
host = proxy(host_word, 0, nil)

local function merged(under, over)
  local result = copy(under or {})
  for key, value in pairs(over or {}) do result[key] = value end
  return result
end

function read_hosts(list, place, fields)
  local result, seen = {}, {}
  local function add(definition, own)
    if seen[definition.name] then
      return problem(string.format("host %q is listed twice", definition.name), "list it once", definition.place or place)
    end
    seen[definition.name] = true
    local way = own.transport or fields.transport
    local reached = address_of(definition, own, way == nil or way == "ssh", definition.place or place)
    result[#result + 1] = {
      name = definition.name, place = definition.place or place,
      user = own.user or reached.user or definition.user or fields.user, port = own.port or reached.port or definition.port or fields.port,
      address = reached.address, transport = way, root = own.root or fields.root,
      tags = merged(fields.tags, own.tags), vars = merged(fields.vars, own.vars),
    }
    local login = result[#result].user
    if login and (string.find(login, "^%-") or string.find(login, "[%s%c]")) then
      problem(string.format("%s is no login name", described(login)), "as in user = \"deploy\"", definition.place or place)
    end
  end
  if type(list) == "string" then list = { list } end
  if is(list, host_type) then list = { list } end
  if type(list) ~= "table" then
    if list ~= void then problem("hosts are a list: { \"web1\", host \"web2\" { … } }, got " .. described(list), nil, place) end
    return result
  end
  for key, item in pairs(list) do
    local definition = is(item, host_type)
    if math.type(key) ~= "integer" then
      problem(string.format("hosts are a list without names, got %s", described(key)), nil, at_field(place, tostring(key)))
    elseif definition then
      for _, one in ipairs(hosts_named(definition.name, definition.place)) do add(one, definition.fields) end
    elseif type(item) == "string" then
      for _, one in ipairs(hosts_named(item, place)) do add(one, {}) end
    elseif item ~= void then
      problem("a host is a name or host \"name\" { … }, got " .. described(item), nil, place)
    end
  end
  if #result == 0 and #list == 0 then problem("there is no host in the list", "name some: hosts = { \"web1\", \"web2\" }", place) end
  return result
end

types.hosts = { words = "a list of hosts", read = function(v)
  return type(v) == "table" or type(v) == "string" or is(v, host_type) ~= nil, v
end }

local function define_group(name, body, place)
  local subject = name and string.format("group %q", name) or "group"
  local fields = read_fields(subject, "group", body, place)
  local value = { name = name, place = place, fields = fields, defined = true }
  value.hosts = fields.hosts and read_hosts(fields.hosts, at_field(place, "hosts"), fields) or {}
  if name then declare("group", groups, name, value, place) end
  return proxy(group_type, 0, value)
end

function group(name)
  describing "group"
  local place = here_is()
  if type(name) == "table" then return define_group(nil, name, place) end
  if not good_name("group", name, place) then return void end
  return proxy(group_type, 0, { name = name, place = place })
end
group_type.__call = framed(function(self, body)
  local inside = payload(self)
  return define_group(inside.name, body, inside.place)
end)

function transport(name)
  describing "transport"
  local place = here_is()
  if not good_name("transport", name, place) then return void end
  return begun("transport", name, place, function(make)
    if type(make) ~= "function" then
      problem("transport \"name\" takes a function(host) that returns an argv, got " .. described(make), nil, place)
      return void
    end
    declare("transport", transports, name, { name = name, place = place, make = make }, place)
  end)
end

-- configurations -----------------------------------------------------------------------------------------------------

function read_configuration(name, body, place)
  local subject = name and string.format("configuration %q", name) or "configuration"
  local fields = read_fields(subject, "configuration", body, place)
  local budget = {}
  if fields.budget then
    budget = read_fields("budget of " .. subject, "configuration.budget", fields.budget, at_field(place, "budget"))
  end
  local parallel = fields.parallel
  if parallel and (parallel.count or parallel.percent) == 0 then
    problem("parallel of " .. subject .. " must be a count from 1, or a share above 0%: no host could move", nil,
      at_field(place, "parallel"))
  end
  return { name = name, place = place, floor = fields.floor, parallel = fields.parallel, failed = budget.failed,
           unreachable = budget.unreachable }
end

function configuration(name)
  describing "configuration"
  local place = here_is()
  if type(name) == "table" then return proxy(configuration_type, 0, read_configuration(nil, name, place)) end
  if not good_name("configuration", name, place) then return void end
  return begun("configuration", name, place, function(body)
    local value = read_configuration(name, body, place)
    declare("configuration", configurations, name, value, place)
    return proxy(configuration_type, 0, value)
  end)
end

--- CodeDeploy's own: floor, share of hosts that may fail.
standard_configurations = {
  ["CodeDeployDefault.OneAtATime"] = { parallel = { count = 1 } },
  ["CodeDeployDefault.HalfAtATime"] = { floor = { percent = 50.0 }, parallel = { percent = 50.0 }, failed = { percent = 50.0 } },
  ["CodeDeployDefault.AllAtOnce"] = { floor = { count = 0 }, failed = { percent = 99.0 } },
}

types.configuration = { words = "a configuration's name, or a table with floor, parallel and budget", read = function(v)
  return type(v) == "string" or type(v) == "table" or is(v, configuration_type) ~= nil, v
end }

-- bundles, stages, strategies ----------------------------------------------------------------------------------------

function bundle(given)
  describing "bundle"
  local place = here_is()
  if type(given) == "string" then given = { from = given } end
  local fields = read_fields("bundle", "bundle", given, place)
  if type(given) == "table" and fields.from and fields.git then
    problem("a bundle comes from a path or from git, not from both", nil, at_field(place, "git"))
  elseif type(given) == "table" and given.from == nil and given.git == nil then
    problem("bundle needs from (a folder or an archive) or git (a branch, tag or commit)", nil, place)
  end
  fields.place = place
  return proxy(bundle_type, 0, fields)
end
types.revision = { words = 'bundle "folder" or bundle { from = …, build = … }', read = function(v)
  if type(v) == "string" then v = bundle(v) end
  return is(v, bundle_type) ~= nil, v
end }

local function bind(inside, options, place)
  if inside.options then options = inside.options(options) end
  local read = read_value("options of strategy " .. inside.name, types.record, options or {}, place) or {}
  local batch = amount(read.batch)
  for _, name in ipairs { "batch", "parallel" } do
    local given = amount(read[name])
    if given and (given.count or given.percent) == 0 then
      problem(string.format("%s of strategy %s must be a count from 1, or a share above 0%%, got %s", name, inside.name,
        described(read[name])), nil, place)
    end
  end
  return proxy(bound_type, 0, { name = inside.name, decide = inside.decide, options = read, batch = batch, place = place })
end

--- strategy "name" (function(rollout, options) … end), or { options = schema { … }, decide = function … end }.
function strategy(name)
  describing "strategy"
  local place = here_is()
  if not good_name("strategy", name, place) then return void end
  return begun("strategy", name, place, function(body)
    local inside = { name = name, place = place }
    if type(body) == "function" then inside.decide = body else
      local fields = read_fields(string.format("strategy %q", name), "strategy", body, place)
      inside.decide, inside.options = fields.decide, fields.options
    end
    if not inside.decide then return void end
    return proxy(strategy_type, 0, inside)
  end)
end
strategy_type.__call = framed(function(self, options) return bind(payload(self), options, here_is()) end)
types.strategy = { words = 'a strategy such as rolling { batch = "25%" }', read = function(v)
  local inside = is(v, strategy_type)
  if inside then v = bind(inside, {}, inside.place) end
  return is(v, bound_type) ~= nil, v
end }

local function script_stage(name)
  describing "stage"
  local place = here_is()
  if not good_name("stage", name, place) then return void end
  return begun("stage", name, place, function(body)
    local fields = read_fields(string.format("stage %q", name), "stage", body, place)
    if fields.before and fields.after then
      problem(string.format("stage %q has both before and after", name), "keep one of them", at_field(place, "after"))
    end
    return proxy(stage_type, 0, { kind = "script", name = name, place = place, summary = fields.summary or "", run = fields.run,
                                  when = fields.when, before = fields.before, after = fields.after })
  end)
end
local function rollout_stage(given)
  describing "stage.rollout"
  local fields = read_fields("stage.rollout", "stage.rollout", given or {}, here_is())
  return proxy(stage_type, 0, { kind = "rollout", name = "rollout", strategy = fields.strategy, place = here_is() })
end
upload_stage = proxy(stage_type, 0, { kind = "upload", name = "upload" })
bare_rollout = proxy(stage_type, 0, { kind = "rollout", name = "rollout" })
stage_type.__call = framed(function(self, given)
  if self == bare_rollout then return rollout_stage(given) end
  problem("this stage takes no options")
  return self
end)
stage = word("stage", { upload = upload_stage, rollout = bare_rollout }, script_stage)
types.stages = { words = "a list of stages { stage.upload, stage.rollout }", read = function(v)
  if type(v) ~= "table" then return false end
  local list = {}
  for key, item in pairs(v) do
    if math.type(key) ~= "integer" then return false end
    if item ~= void then
      if not is(item, stage_type) then return false end
      list[#list + 1] = item
    end
  end
  return true, list
end }
