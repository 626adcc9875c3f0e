-- The phase that a state is in: "description" while a project is read, "run" once a deployment runs, "test" in a test of a spec. Each word
-- says in its declaration in which phases it may be called.

local phase = {}

local now = "description"
local rehearsal -- "plan", "check" or "faults"; nil in a deployment

function phase.is(name) return now == name end

--- Starts another phase. mode: how a rehearsal plays what runs; nil in a deployment.
function phase.enter(name, mode) now, rehearsal = name, mode end

--- "plan", "check" or "faults"; nil in a deployment.
function phase.rehearsal() return rehearsal end

--- Whether mistakes are noted instead of raised.
function phase.rehearsing() return rehearsal == "plan" or rehearsal == "check" end

return phase
