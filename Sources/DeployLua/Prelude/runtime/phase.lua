-- The phase of a state: "description" while a project is read, "run" after a deployment has begun, "test" in a test. The declaration of
-- each word says in which phases it may be called.

local phase = {}

local now = "description"
local rehearsal -- "plan", "check" or "faults"; nil in a deployment

function phase.is(name) return now == name end

--- Starts another phase. mode: the mode of a rehearsal, or nil for a real deployment.
function phase.enter(name, mode) now, rehearsal = name, mode end

--- Returns the mode of the rehearsal ("plan", "check" or "faults"), or nil in a real deployment.
function phase.rehearsal() return rehearsal end

--- Returns whether mistakes are noted instead of raised.
function phase.rehearsing() return rehearsal == "plan" or rehearsal == "check" end

return phase
