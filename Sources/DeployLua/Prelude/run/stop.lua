-- rollout:stop("why"): ends the rollout on purpose, so that some hosts keep the old revision.

local import = ...
local boundary, language, log = import "runtime/boundary", import "runtime/language", import "run/log"
local decisions = import "run/decisions"

language.word {
  name = "rollout:stop", nature = "effect", phases = { "run" }, gives = "never", takes = "format, …", errors = { "failed" },
  summary = "Ends the rollout on purpose. Changed hosts keep the new revision, and the other hosts keep the old revision. This call does "
    .. "not return.",
  example = "rollout:stop \"the rest follows on Monday\"",
}

function decisions.methods.stop(self, format, ...)
  if not decisions.is_own("rollout:stop", self) then return end
  boundary.ask { op = "stop", reason = format and log.text(format, ...) or "the strategy stopped" }
  return raise { kind = "failed", message = "the rollout was stopped" }
end
