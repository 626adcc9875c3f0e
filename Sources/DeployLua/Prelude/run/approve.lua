-- rollout:approve { … }: waits for a person who approves.

local import = ...
local grants, language, rehearsal = import "runtime/grants", import "runtime/language", import "runtime/rehearsal"
local decisions, fields = import "run/decisions", import "types/fields"
local day = 24 * 3600 * 1000

language.word {
  name = "rollout:approve", nature = "pure", phases = { "run" }, takes = "{ … }",
  summary = "Waits for a person who approves. A rejection, or no answer in time, fails the deployment. Gives true, or false with "
    .. "on_fail = \"return\", and the list of answers, each with by, comment and at.",
  example = "rollout:approve { message = \"Does the canary look good?\", timeout = \"4h\" }",
  errors = { "rejected" },
  fields = {
    { "message", "name", "what the person is asked" }, { "name", "name", "what people call it", default = "\"approve\"" },
    { "timeout", "time", "how long an answer is awaited, then it fails", default = "\"24h\"" },
    { "on_fail", "fail|return", "fails the deployment, or only says so to the strategy", default = "\"fail\"" },
    { "own", "boolean", "whether whoever deploys may approve; true, because nobody verifies who answers" },
    { "count", "positive", "how many persons have to approve; 1, because nobody verifies who answers" },
    { "from", "strings", "who may approve; answers are not verified yet, so it is refused" },
  },
}

--- What would promise more than this version can hold. Answers are recorded as they come, with a name that nobody has verified.
local function refuse_promises(options)
  local fix = "answers are recorded as unverified: leave it out, and let the message say who is to look"
  if options.from then rehearsal.complain("rollout:approve cannot verify who answers yet, so from is refused", fix) end
  if options.count and options.count > 1 then
    rehearsal.complain("rollout:approve cannot tell two persons apart yet, so a count over 1 is refused", fix)
  end
  if options.own == false then
    rehearsal.complain("rollout:approve cannot verify who answers yet, so own = false is refused", fix)
  end
end

function decisions.methods.approve(self, given)
  if not decisions.is_own("rollout:approve", self) then return false, {} end
  local options = fields.options("rollout:approve", given)
  refuse_promises(options)
  if not grants.may(payload(self).plugin, "approval", "rollout:approve") then return false, {} end
  local answer = decisions.gate { kind = "approval", name = options.name or "approve", message = options.message,
    time = options.timeout or day, on_fail = options.on_fail }
  local answers = answer.by and { { by = answer.by, comment = answer.comment, at = answer.at } } or {}
  return answer.verdict == "pass", answers
end
