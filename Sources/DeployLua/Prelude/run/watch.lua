-- rollout:watch { … }: a gate that checks hosts repeatedly for some time.

local import = ...
local grants, language = import "runtime/grants", import "runtime/language"
local phase, rehearsal = import "runtime/phase", import "runtime/rehearsal"
local decisions, fields = import "run/decisions", import "types/fields"
local most = 10000 -- the limit of rests between checks

language.word {
  name = "rollout:watch", nature = "probe", phases = { "run" }, gives = { "boolean", "string" }, takes = "{ … }",
  summary = "Checks hosts repeatedly for some time. If too many checks fail, the deployment fails. Returns two values: whether the watch "
    .. "passed, and the verdict (\"pass\", \"fail\" or \"inconclusive\"). The first value can be false only with on_fail = \"return\".",
  example = "rollout:watch { during = \"10m\", http = \"http://localhost:8080/ready\" }",
  errors = { "unfit", "unhealthy", "rejected" },
  fields = {
    { "during", "time", "how long the watch lasts. Time in which no engine runs does not count", required = true },
    { "every", "duration", "the time between two checks. It must not be longer than the time in during", default = "\"10s\"" },
    { "hosts", "chosen", "the hosts to check", default = "the hosts that this deployment has updated to the release" },
    { "http", "url", "the URL to check. The host itself requests this URL, unless from is \"engine\"" },
    { "port", "port", "the TCP port to check, on which the host must listen" },
    { "command", "name", "a command. The check succeeds if the command exits with 0" },
    { "status", "statuses", "the status codes that count as healthy", default = "200 to 399" },
    { "check", "function", "function(host, deployment). If it raises an error or returns false, the check of this host has failed" },
    { "from", "host|engine", "the machine that makes the check", default = "\"host\"" },
    { "timeout", "time", "the longest time that one check may take", default = "\"10s\"" },
    { "allow", "count", "the number of failed checks that are allowed", default = "0" },
    { "name", "name", "the name of the gate in messages and reports", default = "\"watch\"" },
    { "on_fail", "fail|return", "what happens if the verdict is fail. \"fail\": the deployment fails. \"return\": the call returns "
      .. "false", default = "\"fail\"" },
    { "on_inconclusive", "ask|fail|pass", "what happens if the verdict is inconclusive. \"ask\": Lander asks a person. \"fail\": the gate "
      .. "fails. \"pass\": the gate passes",
      default = "\"ask\"" },
  },
}

--- Returns the question for each host, or nil if there is none, or more than one.
local function question(options, mistaken)
  local kinds = 0
  for _, name in ipairs { "http", "port", "command", "check" } do if options[name] then kinds = kinds + 1 end end
  if kinds ~= 1 then
    if not mistaken then rehearsal.misuse("rollout:watch takes exactly one of http, port, command and check") end
    return nil
  end
  if options.check and options.from then
    rehearsal.misuse("rollout:watch with check takes no from", "the function asks the host with host:run, and this machine with here:run")
  end
  if options.check then return { ["function"] = register(options.check, "check of rollout:watch", trace()) } end
  if options.port then return { check = "port", port = options.port } end
  if options.command then return { check = "command", command = options.command } end
  return { check = "http", url = options.http, status = options.status }
end

function decisions.methods.watch(self, given)
  if not decisions.is_own("rollout:watch", self) then return false, "inconclusive" end
  if type(given) ~= "table" then
    rehearsal.misuse("rollout:watch takes a table: rollout:watch { during = \"10m\", port = 80 }")
    return false, "inconclusive"
  end
  local options, mistaken = fields.options("rollout:watch", given)
  local gate = question(options, mistaken)
  if not gate or not options.during then return false, "inconclusive" end
  local needed = gate.check == "command" and "host.run" or gate.check and "host.check"
  -- A question from the engine is asked by this machine, no matter which host it is about.
  if gate.check and options.from == "engine" then needed = "local.exec:sh" end
  if needed and not grants.may(payload(self).plugin, needed, "rollout:watch") then return false, "inconclusive" end
  local every = math.max(math.min(options.every or 10000, options.during), 100)
  local checks = math.ceil(options.during / every) + 1
  if checks - 1 > most then
    rehearsal.complain(string.format("rollout:watch would check each host %d times, and %d times is the most", checks - 1, most),
      "give it a longer every, or a shorter during")
    checks = most + 1
  end
  gate.kind, gate.name, gate.time = "check", options.name or "watch", options.during
  gate.hosts, gate.engine = decisions.numbers("hosts of rollout:watch", options.hosts), options.from == "engine" or nil
  gate.every, gate.looks, gate.limit, gate.allow = every, checks, math.max(options.timeout or 10000, 100), options.allow or 0
  gate.played = phase.rehearsing() or nil
  gate.on_fail, gate.on_inconclusive = options.on_fail, options.on_inconclusive
  local verdict = decisions.gate(gate).verdict
  return verdict == "pass", verdict
end
