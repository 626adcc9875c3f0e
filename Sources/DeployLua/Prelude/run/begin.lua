-- Begins the run phase.

local import = ...
local phase, deployment, fleet = import "runtime/phase", import "run/deployment", import "run/fleet"
local rollout, sets, tables = import "run/rollout", import "run/sets", import "runtime/tables"
import "run/running_host"
import "run/here"
import "run/http"
import "run/sleep"
import "run/retry"
import "run/together"
import "run/fail"
import "run/quote"

--- data: { hosts, deployment, targets, changing, params, param_names, rehearsal }, as `DeploymentFacts` in Swift makes it.
return function(data)
  fleet.know(data.hosts)
  deployment.know(data)
  local same, changes = {}, tables.set(data.changing)
  for _, number in ipairs(data.targets) do if not changes[number] then same[#same + 1] = number end end
  rollout.know { targets = sets.of(data.changing), changing = data.changing, unchanged = sets.of(same), same = same,
    revision = deployment.fact "revision", params = deployment.fact "params" }
  phase.enter("run", data.rehearsal)
end
