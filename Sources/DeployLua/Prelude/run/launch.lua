-- How a function of a recipe starts: with what it acts on.

local import = ...
local errors, reference, rehearsal = import "runtime/errors", import "runtime/reference", import "runtime/rehearsal"
local deployment, fleet, rollout = import "run/deployment", import "run/fleet", import "run/rollout"

local launch = {}

function launch.host(fn, start) return fn(fleet.handle(start.host), deployment.of_host(start.host)) end
function launch.deployment(fn, start) return fn(deployment.handle(start.status)) end
function launch.failure(fn, start) return fn(deployment.handle "failed", setmetatable(start.error, errors.meta)) end
function launch.weights(fn, start) return fn(start.weights, deployment.handle "running") end
function launch.rollout(fn, start) return fn(rollout.handle(), start.options) end
function launch.child(fn) return fn() end
--- A function of the prelude, with what the engine gives it.
function launch.call(fn, start) return fn(start.request) end
--- The language itself, whatever the function.
function launch.language() return reference() end

return function(fn, start)
  rehearsal.begin()
  return launch[start.subject](fn, start)
end
