-- host "name" { … }, and lists of hosts.

local import = ...
local language, problems = import "runtime/language", import "runtime/problems"
local phases, tables, values, void = import "runtime/phases", import "runtime/tables", import "runtime/values", import "runtime/void"
local fields, types = import "types/fields", import "types/types"
local address, transport = import "words/address", import "words/transport"

local host = { kind = values.kind "host definition" }
local most, widest = 20000, 9999 -- the limits: hosts of one text, and steps of one range

--- The fields that both a group and a host can have.
host.fields = {
  { "user", "name", "the login user" }, { "port", "port", "the port of the ssh server" },
  { "transport", "name", "ssh, local, or the name of a transport that transport \"name\" defines" },
  { "root", "name", "a folder on the host. Lander puts it in front of the recipe's path" },
  { "tags", "record", "tags by name, by which selections and strategies choose hosts" },
  { "vars", "record", "values by name, which hooks can read" },
}

language.word {
  name = "host", nature = "pure", phases = { "description" }, takes = "\"name\" { … }",
  summary = "Describes a host that has settings of its own.",
  example = "host \"web25\" { address = \"10.0.3.25\", tags = { zone = \"b\" } }",
  fields = tables.joined(host.fields, { { "address", "name", "the host name or address for connections", default = "the name" } }),
}

--- Reports a method call on a definition, because only running hosts have methods.
local function no_member(_, key)
  problems.add(string.format("host:%s exists only while a deployment runs: this host is a definition", tostring(key)),
    "hooks get the host they act on: on = { ApplicationStart = function(host) … end }")
  return void
end

host.kind.__index = no_member
host.kind.__call = framed(function(self, body)
  local inside = payload(self)
  local own = fields.read(string.format("host %q", inside.name), "host", body, inside.place)
  return proxy(host.kind, 0, { name = inside.name, place = inside.place, fields = own })
end)

local word = values.kind "host"
word.__index = no_member
word.__call = framed(function(_, name, ...)
  phases.describing "host"
  problems.surplus("host", select("#", ...), 'host "web1" { address = … }')
  local place = problems.here()
  if type(name) ~= "string" then
    if name ~= void then problems.add("host takes a name and then a table: host \"web1\" { address = … }", nil, place) end
    return void
  end
  return proxy(host.kind, 0, { name = name, place = place, fields = {} })
end)
language.meaning("host", proxy(word, 0, nil))

types.define("hosts", "a list of hosts", function(v)
  return type(v) == "table" or type(v) == "string" or values.is(v, host.kind) ~= nil, v
end)

-- Lists of hosts -----------------------------------------------------------------------------------------------------

local function expand(name, into, place)
  local before, from, to, after = string.match(name, "^(.-)%[(%d+)%-(%d+)%](.*)$")
  if not before then
    into[#into + 1] = name
    return
  end
  local first, last = math.tointeger(tonumber(from)), math.tointeger(tonumber(to))
  if not first or not last or last < first or last - first > widest then
    local turned = first and last and last < first and string.format("%s[%s-%s]%s", before, to, from, after)
    return problems.add(string.format("the range in %q must go up, by at most 10,000", name),
      turned and string.format("did you mean %q?", turned) or "write several ranges", place)
  end
  for number = first, last do expand(before .. string.format("%0" .. #from .. "d", number) .. after, into, place) end
end

--- Returns all hosts in a text such as "deploy@web[01-24]:2222" or "[fd77::11]:22".
local function hosts_named(text, place)
  local user, machine, port = address.parts(text)
  local names, result = {}, {}
  if address.is_ipv6(machine) then names[1] = machine else expand(machine, names, place) end
  local number = address.port(text, port, place)
  for i, name in ipairs(names) do
    if not address.is_machine(name) then
      problems.add(string.format("%q is no host name", name),
        string.find(name, ",", 1, true) and "each host is a string of its own: { \"web1\", \"web2\" }"
        or 'a host is "name", "user@name:22", an address ("10.0.3.25", "fd77::11", "[fd77::11]:22") or a range such as "web[01-24]"', place)
    else
      result[#result + 1] = { name = name, user = user, port = number, place = place }
    end
    if i > most then break end
  end
  return result
end

--- Completes one host of a list. Its own fields override its address, the text that names it, and the group's fields.
local function complete(one, own, group, place)
  local way = own.transport or group.transport
  local reached = address.of(one.name, own, way == nil or way == "ssh", place)
  local user = own.user or reached.user or one.user or group.user
  if user and (string.find(user, "^%-") or string.find(user, "[%s%c]")) then
    problems.add(string.format("%s is no login name", values.described(user)), "as in user = \"deploy\"", place)
  end
  return { name = one.name, place = place, user = user, port = own.port or reached.port or one.port or group.port,
    address = reached.address, transport = way, root = own.root or group.root, tags = tables.merged(group.tags, own.tags),
    vars = tables.merged(group.vars, own.vars) }
end

--- Returns the hosts of a list, a text or one definition. group: the fields that hold for all of them.
function host.read(list, place, group)
  local result, seen = {}, {}
  local function add(one, own)
    if seen[one.name] then
      return problems.add(string.format("host %q is listed twice", one.name), "list it once", one.place or place)
    end
    seen[one.name] = true
    result[#result + 1] = complete(one, own, group, one.place or place)
  end
  if type(list) == "string" or values.is(list, host.kind) then list = { list } end
  if type(list) ~= "table" then
    if list ~= void then
      problems.add("hosts are a list: { \"web1\", host \"web2\" { … } }, got " .. values.described(list), nil, place)
    end
    return result
  end
  for key, item in pairs(list) do
    local definition = values.is(item, host.kind)
    if math.type(key) ~= "integer" then
      problems.add(string.format("hosts are a list without names, got %s", values.described(key)), nil,
        problems.at_field(place, tostring(key)))
    elseif definition then
      for _, one in ipairs(hosts_named(definition.name, definition.place)) do add(one, definition.fields) end
    elseif type(item) == "string" then
      for _, one in ipairs(hosts_named(item, place)) do add(one, {}) end
    elseif item ~= void then
      problems.add("a host is a name or host \"name\" { … }, got " .. values.described(item), nil, place)
    end
  end
  if #result == 0 and #list == 0 then problems.add("there is no host in the list", "name some: hosts = { \"web1\", \"web2\" }", place) end
  return result
end

--- Returns the host as data for the engine. checks: whether its transport must exist.
function host.data(one, checks)
  return problems.placed({ name = one.name, user = one.user, port = one.port, address = one.address, transport = one.transport,
    root = one.root, tags = one.tags, vars = one.vars, slot = one.slot, argv = checks and transport.argv(one) or nil }, one.place)
end

return host
