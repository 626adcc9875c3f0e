-- group "name" { … }: a named selection of hosts. Also reads `targets`, which is a group or a list of hosts.

local import = ...
local grants, language = import "runtime/grants", import "runtime/language"
local near, problems = import "runtime/near", import "runtime/problems"
local phases, tables, values, void = import "runtime/phases", import "runtime/tables", import "runtime/values", import "runtime/void"
local fields, types = import "types/fields", import "types/types"
local host, named, slots = import "words/host", import "words/named", import "words/slots"

local group = { kind = values.kind "group" }

language.word {
  name = "group", nature = "pure", phases = { "description" }, takes = "\"name\" { … }",
  summary = "Defines a group: hosts under a name. Without a table, group \"name\" stands for a group that is defined elsewhere.",
  example = "group \"production\" { hosts = { \"web[01-24].example.com\" }, user = \"deploy\" }",
  fields = tables.joined(host.fields, {
    { "hosts", "hosts", "names, ranges such as web[01-24], or host \"name\" { … }", required = true },
    { "params", "record", "values of the recipe's parameters for this group" },
    { "slots", "record", "the instances of the application on each host: the vars of each instance, by the instance's name" },
  }),
}

--- Reports a plugin from elsewhere that brings its own hosts. The grants of such a plugin cover only the hosts of the project.
local function refuse_own(plugin, place)
  if not plugin or plugin.origin ~= "locked" then return false end
  problems.add(string.format("plugin %q names hosts of its own, and hosts are the project's", plugin.name),
    "declare the group in deploy.lua, and give it to the plugin as an option", place)
  return true
end

local function define(name, body, place)
  if refuse_own(grants.asking(), place) then return void end
  local subject = name and string.format("group %q", name) or "group"
  local own = fields.read(subject, "group", body, place)
  local value = { name = name, place = place, fields = own }
  value.hosts = own.hosts and host.read(own.hosts, problems.at_field(place, "hosts"), own) or {}
  if own.slots then value.hosts = slots.of(value.hosts, own.slots, subject, problems.at_field(place, "slots")) end
  if name then named.declare("group", name, value, place) end
  return proxy(group.kind, 0, value)
end

group.kind.__call = framed(function(self, body)
  local inside = payload(self)
  return define(inside.name, body, inside.place)
end)

language.meaning("group", function(name, ...)
  phases.describing "group"
  problems.surplus("group", select("#", ...), 'group "web" { hosts = { … } }')
  local place = problems.here()
  if type(name) == "table" then return define(nil, name, place) end
  if not named.is_good("group", name, place) then return void end
  return proxy(group.kind, 0, { name = name, place = place })
end)

types.define("targets", 'group "name", or a list of hosts', function(v)
  return type(v) == "table" or type(v) == "string" or values.is(v, group.kind) ~= nil or values.is(v, host.kind) ~= nil, v
end)

types.define("groups", 'group "name", or a list of such groups', function(v)
  if values.is(v, group.kind) then v = { v } end
  if type(v) ~= "table" then return false end
  local list = {}
  for key, item in pairs(v) do
    local inside = values.is(item, group.kind)
    if math.type(key) ~= "integer" or item ~= void and not (inside and inside.name) then return false end
    if item ~= void then list[#list + 1] = item end
  end
  return true, list
end)

--- Reports a group that is not defined.
local function demand(name, place)
  if named.by_name.group[name] then return end
  local names = tables.keys(named.by_name.group)
  local others = string.format("define it: group %q { hosts = { … } }", name)
  if #names > 0 then others = "there are " .. table.concat(names, ", ") end
  problems.add(string.format("there is no group %q", name), near.question(name, names, "%q") or others, place)
end

--- Returns the names of a list of groups. checks: whether the groups must exist.
function group.names(list, place, checks)
  local names = {}
  for i, one in ipairs(list) do
    names[i] = payload(one).name
    if checks then demand(names[i], place) end
  end
  return names
end

--- Returns the group as data for the engine.
function group.data(value, checks)
  local hosts = {}
  for i, one in ipairs(value.hosts or {}) do hosts[i] = host.data(one, checks) end
  return problems.placed({ name = value.name or "", hosts = hosts, tags = value.fields.tags, params = value.fields.params }, value.place)
end

--- Returns the targets of a recipe as data for the engine: { group = name } or { hosts = … }, or nil if it has none. checks: whether names
--- must exist.
function group.targets(given, place, checks)
  if given == nil then return nil end
  local inside = values.is(given, group.kind)
  if type(given) == "string" then inside = { name = given } end
  if not inside then
    if refuse_own(grants.of_file(place.file), place) then return nil end
    return { hosts = group.data({ hosts = host.read(given, place, {}), fields = {}, place = place }, checks) }
  end
  if not inside.name then return { hosts = group.data(inside, checks) } end
  if checks then demand(inside.name, place) end
  return { group = inside.name }
end

return group
