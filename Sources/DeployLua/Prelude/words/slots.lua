-- slots = { blue = { … }, green = { … } } of a group: instances of the application on each of its hosts.

local import = ...
local problems, tables, values = import "runtime/problems", import "runtime/tables", import "runtime/values"

local slots = {}
local most, longest = 10, 32

--- Returns the names of slots in order, and reports what is wrong with them.
local function names_of(given, subject, place)
  local names = {}
  for name, vars in pairs(given) do
    names[#names + 1] = name
    if #name > longest or not string.find(name, "^[%w][%w_-]*$") then
      problems.add(string.format("%s names the slot %s, and a slot is named by letters, digits, - and _, at most %d of them", subject,
        values.described(name), longest), "as in slots = { blue = { port = 8081 }, green = { port = 8082 } }", place)
    end
    if type(vars) ~= "table" then
      problems.add(string.format("slot %q of %s must be a table of its vars, got %s", name, subject, values.described(vars)),
        string.format("%s = { port = 8081 }", name), place)
    end
  end
  table.sort(names)
  if #names < 2 or #names > most then
    problems.add(string.format("%s has %d %s, and slots are 2 to %d", subject, #names, #names == 1 and "slot" or "slots", most),
      #names < 2 and "name another one, or leave slots out" or nil, place)
  end
  return names
end

--- Reports ports that two slots share, or that no system has.
local function check_ports(names, given, subject, place)
  local owners = {}
  for _, name in ipairs(names) do
    local port = type(given[name]) == "table" and given[name].port
    if type(port) == "number" then
      if math.type(port) ~= "integer" or port < 1 or port > 65535 then
        problems.add(string.format("port of slot %q of %s must be a whole number from 1 to 65535, got %s", name, subject,
          values.described(port)), nil, place)
      elseif owners[port] then
        problems.add(string.format("slots %q and %q of %s have the same port, %d, and both run on one machine", owners[port], name, subject,
          port), "give each slot a port of its own", place)
      end
      owners[port] = owners[port] or name
    end
  end
end

--- Returns a slot of a host as a host of its own: it shares the machine, and has its own name, folder and vars.
local function instance(host, name, vars)
  return tables.merged(host, { name = host.name .. "/" .. name, machine = host.name, slot = name, address = host.address or host.name,
    tags = tables.merged(host.tags, { machine = host.name, slot = name }), vars = tables.merged(host.vars, vars) })
end

--- Returns each host of a list once for each slot. subject: the group, for messages.
function slots.of(hosts, given, subject, place)
  local names, all = names_of(given, subject, place), {}
  check_ports(names, given, subject, place)
  for _, host in ipairs(hosts) do
    for _, tag in ipairs { "machine", "slot" } do
      if (host.tags or {})[tag] ~= nil then
        problems.add(string.format("host %q has a tag %s, and slots give it that tag themselves", host.name, tag), "call it otherwise",
          host.place or place)
      end
    end
    for _, name in ipairs(names) do all[#all + 1] = instance(host, name, type(given[name]) == "table" and given[name] or {}) end
  end
  return all
end

return slots
