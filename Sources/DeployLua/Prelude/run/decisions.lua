-- What strategies decide: each word adds its method here, and rollout.lua makes them the methods of a rollout.

local import = ...
local boundary, rehearsal = import "runtime/boundary", import "runtime/rehearsal"
local values, void, sets = import "runtime/values", import "runtime/void", import "run/sets"

local decisions = { kind = values.kind "rollout", methods = {} }

--- Whether a method was called on a rollout; otherwise that is a mistake. method: "rollout:wave".
function decisions.is_own(method, self)
  return values.is(self, decisions.kind) ~= nil or rehearsal.misuse(method .. " is written with a colon") ~= void
end

--- Opens a gate and waits until it is closed. Returns the engine's answer: { verdict, by, comment, at }.
function decisions.gate(gate)
  gate.op = "gate"
  return boundary.ask(gate)
end

--- The numbers of a set of hosts; nil for nil.
function decisions.numbers(method, hosts) return hosts and sets.numbers(method, hosts) end

return decisions
