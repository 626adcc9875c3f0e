-- The hosts of the deployment that runs: facts by number, and handles, each made when it is first needed.

local import = ...
local copies, rehearsal, values = import "runtime/copies", import "runtime/rehearsal", import "runtime/values"

--- kind: of the handles; run/running_host.lua says what they have.
local fleet = { kind = values.kind "host" }
local facts, handles, bound = {}, {}, {}

--- From here on these are the hosts, in the order of their numbers, which begin with 0.
function fleet.know(list) facts = list end

function fleet.count() return #facts end

function fleet.facts(number) return facts[number + 1] end

--- The name of a host; nil for nil, the engine's machine.
function fleet.name(number) return number and facts[number + 1].name or nil end

--- What a handle knows. A plugin gets tables of its own: what it changes in them, no other function sees.
local function inside_of(number, plugin)
  local own = facts[number + 1]
  if not plugin then return own end
  return setmetatable({ plugin = plugin, tags = copies.of(own.tags), vars = copies.of(own.vars), facts = copies.of(own.facts) },
    { __index = own })
end

--- plugin: whose grants the handle carries; nil: it can do everything.
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

--- The plugin whose grants a handle carries; nil for one that can do everything.
function fleet.plugin(handle) return payload(handle).plugin end

--- The number of a host; what is no host is a mistake. fix: how it is written; nil if nobody knows.
function fleet.number(subject, value, fix)
  if type(value) == "userdata" then
    local _, made_with, number = payload(value)
    if made_with == fleet.kind then return number end
  end
  return rehearsal.misuse(string.format("%s must be a host, got %s", subject, values.described(value)), fix)
end

return fleet
