-- rollout:analyse { … }: a gate that compares hosts that have the release with twins that do not have it.

local import = ...
local errors, grants, language = import "runtime/errors", import "runtime/grants", import "runtime/language"
local phase, rehearsal = import "runtime/phase", import "runtime/rehearsal"
local values, void = import "runtime/values", import "runtime/void"
local decisions, fields = import "run/decisions", import "types/fields"
local most = 10000 -- the limit of rests between measurements

language.word {
  name = "rollout:analyse", nature = "probe", phases = { "run" }, gives = { "boolean", "string", "string" }, takes = "{ … }",
  summary = "Compares hosts that have the release with their twins, which do not have the release. Lander measures both until the "
    .. "difference is clear or the time limit is reached. If the release is worse than the margin allows, the deployment fails. Returns "
    .. "three values: whether the analysis passed, the verdict (\"pass\", \"fail\" or \"inconclusive\"), and the result in words. The "
    .. "first value can be false only with on_fail = \"return\".",
  example = "rollout:analyse { canary = rollout.targets:take(1), margin = \"+0.5pp\", during = \"15m\",\n"
    .. "  rate = function(host) return { failed = 0, of = 1000 } end }",
  fields = {
    { "canary", "chosen", "hosts that have the release", required = true },
    { "baseline", "chosen", "the twins of the hosts in canary, in the same order. If not given, rollout.targets:twins(canary)" },
    { "rate", "function", "function(host, deployment): returns how many requests failed since the previous measurement, such as { failed "
      .. "= 3, of = 1000 }, or nil for no data" },
    { "value", "function", "function(host, deployment): returns a number, or nil for no data. Smaller numbers are better" },
    { "margin", "name", "how much worse than the twins the release may be: \"+10%\" of the twins' value, \"+0.05pp\" (percentage points) "
      .. "of a rate, \"+50ms\" or \"+12\"", required = true },
    { "during", "time", "the longest time of the analysis. Time in which no engine runs does not count", required = true },
    { "every", "duration", "the time between two measurements. It is 10 s if not given, and must not be longer than the time in during" },
    { "alpha", "number", "the probability that a good release fails by chance, or that a bad release passes by chance. It is for all "
      .. "measurements together, and 0.01 if not given" },
    { "timeout", "time", "the longest time that one measurement may take. It is 10 s if not given" },
    { "name", "name", "the name of the analysis in messages and reports; \"analysis\" if not given" },
    { "on_fail", "fail|return", "what happens if the verdict is fail. \"fail\": the deployment fails. \"return\": the call returns false. "
      .. "If not given, \"fail\"" },
    { "on_inconclusive", "ask|fail|pass", "what happens if the verdict is inconclusive. \"ask\": Lander asks a person. \"fail\": the gate "
      .. "fails. \"pass\": the gate passes. If not given, \"ask\"" },
  },
}

local function counts(given)
  local failed, of = math.tointeger(given.failed), math.tointeger(given.of)
  if failed and of and failed >= 0 and failed <= of and of <= 1 << 53 then return string.format("%d/%d", failed, of) end
  return errors.usage(string.format("rate of rollout:analyse gives { failed = 3, of = 1000 }, whole numbers up to 2^53 and failed at most "
    .. "of, got failed = %s, of = %s", values.described(given.failed), values.described(given.of)))
end

--- Wraps a measuring function for the engine. The result is a text such as "3/1000", a number, or nil.
local function measuring(unit, fn)
  return grants.stands_for(function(host, deployment)
    local given = fn(host, deployment)
    -- An answer in a rehearsal is not a measurement.
    if given == nil or given == void or phase.rehearsing() then return nil end
    if unit == "rate" then
      if type(given) == "table" then return counts(given) end
      return errors.usage("rate of rollout:analyse gives { failed = 3, of = 1000 }, or nil for no data, got " .. values.described(given))
    end
    if type(given) == "number" and given == given and math.abs(given) < math.huge then return given end
    return errors.usage("value of rollout:analyse gives a number, or nil for no data, got " .. values.described(given))
  end, fn)
end

--- Returns the numbers of the canary's hosts and of the hosts that they are compared with, or nil after a mistake.
local function side(self, options)
  local canary = decisions.numbers("canary of rollout:analyse", options.canary)
  local baseline = options.baseline or payload(self).targets:twins(options.canary)
  baseline = decisions.numbers("baseline of rollout:analyse", baseline)
  if #canary == #baseline then return canary, baseline end
  rehearsal.complain(string.format("rollout:analyse compares each canary with a twin, and there are %d and %d of them", #canary, #baseline),
    "leave more hosts for later waves: each canary needs one host without the release")
end

function decisions.methods.analyse(self, given)
  if not decisions.is_own("rollout:analyse", self) then return false, "inconclusive", "" end
  if type(given) ~= "table" then
    rehearsal.misuse("rollout:analyse takes a table: rollout:analyse { canary = hosts, rate = fn, margin = \"+1pp\", during = \"10m\" }")
    return false, "inconclusive", ""
  end
  local options, mistaken = fields.options("rollout:analyse", given)
  if (options.rate == nil) == (options.value == nil) then
    if not mistaken then rehearsal.misuse("rollout:analyse takes exactly one of rate and value") end
    return false, "inconclusive", ""
  end
  if not (options.canary and options.margin and options.during) then return false, "inconclusive", "" end
  local canary, baseline = side(self, options)
  if not canary then return false, "inconclusive", "" end
  local every = math.max(math.min(options.every or 10000, options.during), 100)
  local rounds = math.ceil(options.during / every) + 1
  if rounds - 1 > most then
    rehearsal.complain(string.format("rollout:analyse would measure each host %d times, and %d times is the most", rounds - 1, most),
      "give it a longer every, or a shorter during")
    rounds = most
  end
  local unit = options.rate and "rate" or "value"
  local answer = decisions.gate { kind = "analysis", name = options.name or "analysis", time = options.during, unit = unit,
    ["function"] = register(measuring(unit, options.rate or options.value), unit .. " of rollout:analyse", trace()),
    canary = canary, baseline = baseline, margin = options.margin, alpha = options.alpha or 0.01, every = every,
    looks = math.min(rounds, most), limit = math.max(options.timeout or 10000, 100), played = phase.rehearsing() or nil,
    on_fail = options.on_fail, on_inconclusive = options.on_inconclusive }
  return answer.verdict == "pass", answer.verdict, answer.comment or ""
end
