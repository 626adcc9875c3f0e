-- The hosts of the current deployment: facts by number, and handles. Each handle is made when it is first needed.

local import = ...
local copies, rehearsal, values = import "runtime/copies", import "runtime/rehearsal", import "runtime/values"
local facts_of_host = import "run/facts"

--- kind: the kind of the handles. run/running_host.lua declares their methods and fields.
local fleet = { kind = values.kind "host" }
local facts, handles, bound = {}, {}, {}

--- Sets the hosts, in the order of their numbers, which begin with 0.
function fleet.know(list)
  facts = list
  for _, one in ipairs(list) do facts_of_host.strict(one.facts) end
end

function fleet.count() return #facts end

function fleet.facts(number) return facts[number + 1] end

--- Returns the name of a host, or nil if number is nil, which stands for the engine's machine.
function fleet.name(number) return number and facts[number + 1].name or nil end

--- Returns the facts behind a handle. A plugin gets copies of the tables, so that no other function sees its changes.
local function inside_of(number, plugin)
  local own = facts[number + 1]
  if not plugin then return own end
  return setmetatable({ plugin = plugin, tags = copies.of(own.tags), vars = copies.of(own.vars),
    facts = facts_of_host.strict(copies.of(own.facts)) }, { __index = own })
end

--- Returns the handle of a host. plugin: the plugin whose grants the handle carries, or nil if the handle is allowed to do everything.
function fleet.handle(number, plugin)
  local list = handles
  if plugin then
    list = bound[plugin] or {}
    bound[plugin] = list
  end
  local handle = list[number]
  if not handle then
    handle = proxy(fleet.kind, number, inside_of(number, plugin))
    list[number] = handle
  end
  return handle
end

--- Returns the plugin whose grants a handle carries, or nil if the handle is allowed to do everything.
function fleet.plugin(handle) return payload(handle).plugin end

--- Returns the number of a host. A value that is not a host is a mistake. fix: how to write it correctly, or nil if that is unknown.
function fleet.number(subject, value, fix)
  if type(value) == "userdata" then
    local _, made_with, number = payload(value)
    if made_with == fleet.kind then return number end
  end
  return rehearsal.misuse(string.format("%s must be a host, got %s", subject, values.described(value)), fix)
end

return fleet
