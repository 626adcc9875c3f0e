-- The hosts of the deployment that runs: facts by number, and handles, each made when it is first needed.

local import = ...
local rehearsal, values = import "runtime/rehearsal", import "runtime/values"

--- kind: of the handles; run/running_host.lua says what they have.
local fleet = { kind = values.kind "host" }
local facts, handles = {}, {}

--- From here on these are the hosts, in the order of their numbers, which begin with 0.
function fleet.know(list) facts = list end

function fleet.count() return #facts end

function fleet.facts(number) return facts[number + 1] end

--- The name of a host; nil for nil, the engine's machine.
function fleet.name(number) return number and facts[number + 1].name or nil end

function fleet.handle(number)
  local handle = handles[number]
  if not handle then
    handle = proxy(fleet.kind, number, facts[number + 1])
    handles[number] = handle
  end
  return handle
end

--- The number of a host; what is no host is a mistake. fix: how it is written; nil if nobody knows.
function fleet.number(subject, value, fix)
  if type(value) == "userdata" then
    local _, made_with, number = payload(value)
    if made_with == fleet.kind then return number end
  end
  return rehearsal.misuse(string.format("%s must be a host, got %s", subject, values.described(value)), fix)
end

return fleet
