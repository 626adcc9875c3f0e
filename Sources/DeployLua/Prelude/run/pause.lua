-- rollout:pause("why"): waits for a person who resumes.

local import = ...
local language, log = import "runtime/language", import "run/log"
local decisions = import "run/decisions"
local day = 24 * 3600 * 1000

language.word {
  name = "rollout:pause", nature = "pure", phases = { "run" }, gives = "string", takes = "format, …", errors = { "rejected" },
  summary = "Waits until a person resumes the deployment, and returns the name of this person. If nobody resumes it within 24 h, the "
    .. "deployment fails.",
  example = "local who = rollout:pause \"look at the dashboards\"",
}

function decisions.methods.pause(self, format, ...)
  if not decisions.is_own("rollout:pause", self) then return "" end
  local message = format and log.text(format, ...) or nil
  return decisions.gate({ kind = "pause", name = "pause", message = message, time = day }).by or ""
end
