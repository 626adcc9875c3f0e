-- rollout:approve { … }: waits for a person who approves.

local import = ...
local grants, language, rehearsal = import "runtime/grants", import "runtime/language", import "runtime/rehearsal"
local decisions, fields = import "run/decisions", import "types/fields"
local day = 24 * 3600 * 1000

language.word {
  name = "rollout:approve", nature = "pure", phases = { "run" }, gives = { "boolean", "table" }, takes = "{ … }",
  summary = "Waits until a person approves. If a person rejects, or nobody answers in time, the deployment fails. Returns two values: "
    .. "whether the gate was approved, and the list of answers, each with the fields by, comment and at. The first value can be false "
    .. "only with on_fail = \"return\".",
  example = "rollout:approve { message = \"Does the canary look good?\", timeout = \"4h\" }",
  errors = { "rejected" },
  fields = {
    { "message", "name", "the question for the person" },
    { "name", "name", "the name of the gate in messages and reports", default = "\"approve\"" },
    { "timeout", "time", "how long Lander waits for an answer. After this time, the gate fails", default = "\"24h\"" },
    { "on_fail", "fail|return", "what happens if the gate fails. \"fail\": the deployment fails. \"return\": the call returns "
      .. "false", default = "\"fail\"" },
    { "from", "strings", "the people who are allowed to approve: their names in the file allowed_signers beside deploy.lua. These people "
      .. "sign their answers with lander approve --key" },
    { "count", "positive", "the number of people who must approve", default = "1" },
    { "own", "boolean", "whether the person who deploys is allowed to approve. Only true is accepted, because Lander does not verify who "
      .. "deploys" },
  },
}

--- Returns the number of different names in a list.
local function distinct(names)
  local known, count = {}, 0
  for _, name in ipairs(names) do
    if not known[name] then known[name], count = true, count + 1 end
  end
  return count
end

--- Refuses options that promise too much. Without `from`, every answer counts, and the name of the person is not verified.
local function refuse_promises(options)
  local count, from = options.count or 1, options.from
  if not from and count > 1 then
    rehearsal.complain("rollout:approve cannot tell two persons apart without from, so a count over 1 is refused",
      "name those who may approve: from = { \"kim@example.com\", \"ann@example.com\" }; they sign")
  elseif from and distinct(from) < count then
    rehearsal.complain(string.format("rollout:approve waits for %d %s, and from has %d %s", count,
      count == 1 and "approval" or "approvals", distinct(from), distinct(from) == 1 and "name" or "names"),
      "name more persons, or lower count")
  end
  if options.own == false then
    rehearsal.complain("rollout:approve cannot verify who deploys, so own = false is refused",
      "leave it out, and list in from only people who do not deploy")
  end
end

function decisions.methods.approve(self, given)
  if not decisions.is_own("rollout:approve", self) then return false, {} end
  local options = fields.options("rollout:approve", given)
  refuse_promises(options)
  if not grants.may(payload(self).plugin, "approval", "rollout:approve") then return false, {} end
  local answer = decisions.gate { kind = "approval", name = options.name or "approve", message = options.message,
    time = options.timeout or day, on_fail = options.on_fail, 
    approvers = options.from, count = options.from and options.count }
  local answers = answer.signed or answer.by and { { by = answer.by, comment = answer.comment, at = answer.at } } or {}
  return answer.verdict == "pass", answers
end
