-- Starts a function of a recipe with its host, deployment or rollout. A function of a plugin gets handles that carry the plugin's grants.

local import = ...
local errors, grants = import "runtime/errors", import "runtime/grants"
local reference, rehearsal = import "runtime/reference", import "runtime/rehearsal"
local deployment, fleet, rollout = import "run/deployment", import "run/fleet", import "run/rollout"
local literal = import "types/literal"

local launch = {}

function launch.host(fn, start)
  local plugin = grants.owner(fn)
  return fn(fleet.handle(start.host, plugin), deployment.of_host(start.host, plugin))
end
function launch.deployment(fn, start) return fn(deployment.handle(start.status, grants.owner(fn))) end
function launch.failure(fn, start)
  return fn(deployment.handle("failed", grants.owner(fn)), setmetatable(start.error, errors.meta))
end
function launch.weights(fn, start) return fn(start.weights, deployment.handle("running", grants.owner(fn))) end
function launch.rollout(fn, start) return fn(rollout.handle(grants.owner(fn)), start.options) end
function launch.child(fn) return fn() end
--- Starts a function of the prelude with the engine's request.
function launch.call(fn, start) return fn(start.request) end
--- Returns the language as data. The function that the engine named does not matter.
function launch.language() return reference() end
--- Returns what is wrong with the literal values of sources.
function launch.literals(_, start) return literal(start.literals) end

return function(fn, start)
  rehearsal.begin()
  return launch[start.subject](fn, start)
end
