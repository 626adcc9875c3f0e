-- The decisions of strategies. Each word adds its method here, and rollout.lua makes these the methods of a rollout.

local import = ...
local boundary, rehearsal = import "runtime/boundary", import "runtime/rehearsal"
local values, void, sets = import "runtime/values", import "runtime/void", import "run/sets"

local longest = { name = 200, message = 2000 } -- bytes

local decisions = { kind = values.kind "rollout", methods = {} }

--- Returns whether a method was called on a rollout. If not, that is reported as a mistake. method: its name, such as "rollout:wave".
function decisions.is_own(method, self)
  return values.is(self, decisions.kind) ~= nil or rehearsal.misuse(method .. " is written with a colon") ~= void
end

--- Returns whether the name and the message of a gate can be read and typed by people: they are not too long, and the name is one line.
local function is_good(gate)
  local name, message = gate.name, gate.message or ""
  if #name > longest.name or string.find(name, "%c") then
    rehearsal.complain(string.format("the name of a gate must be one line of at most %d bytes, got %s", longest.name,
      values.described(name)))
    return false
  end
  if #message > longest.message then
    rehearsal.complain(string.format("the message of gate %q has %d bytes, and %d is the most", name, #message, longest.message))
    return false
  end
  return true
end

--- Opens a gate and waits until it is closed. Returns the engine's answer: { verdict, by, comment, at }.
function decisions.gate(gate)
  if not is_good(gate) then return { verdict = "inconclusive" } end
  gate.op = "gate"
  return boundary.ask(gate)
end

--- Returns the numbers of the hosts in a set of targets, or nil if hosts is nil.
function decisions.numbers(method, hosts) return hosts and sets.targets(method, hosts) end

return decisions
