-- Checks that a word is called in a phase to which it belongs.

local import = ...
local phase, problems = import "runtime/phase", import "runtime/problems"

local phases = {}

--- Raises an error if a word that describes a deployment is called while one runs.
function phases.describing(name)
  if not phase.is "run" then return end
  raise { kind = "misnamed",
    message = name .. " describes a deployment and is read before one starts: move it out of the function, to the top of the file" }
end

--- Returns whether a deployment runs. If not, it reports where the call belongs.
function phases.running(name)
  if phase.is "run" then return true end
  problems.add(string.format("%s exists only while a deployment runs", name),
    "move it into a hook (on = { … = function(host) … end }) or into run = function(deployment) … end of a stage")
  return false
end

return phases
