-- The deployment that runs, the rollout that a strategy steers, and how scripts are started.

local deployment_type, rollout_type = kind "deployment", kind "rollout"
local facts, by_status = {}, {}

local deployment_fields = { "id", "application", "recipe", "revision", "release", "group", "params", "targets", "release_path",
  "path", "previous", "status", "actor", "kind" }
local allowed = {}
for _, name in ipairs(deployment_fields) do allowed[name] = true end

deployment_type.__index = function(self, key)
  doubt_field(key)
  local value = payload(self)[key]
  if value ~= nil or allowed[key] then return value end
  return misnamed(string.format("a deployment has no %s", tostring(key)), key, deployment_fields)
end
deployment_type.__tostring = function(self)
  local inside = payload(self)
  return inside.application .. " " .. inside.revision
end

local params_type = kind "params"
params_type.__index = function(self, key)
  local inside = payload(self)
  if inside.values[key] ~= nil or inside.known[key] then return inside.values[key] end
  return misnamed(string.format("there is no parameter %s", tostring(key)), key, keys_of(inside.known))
end

local function parameter_values(values, names)
  local known = {}
  for _, name in ipairs(names) do known[name] = true end
  return proxy(params_type, 0, { values = values, known = known })
end

local function set_of(numbers)
  local list = {}
  for i, number in ipairs(numbers) do list[i] = handle_of(number) end
  return new_set(list)
end

local function deployment(status)
  if not by_status[status] then
    local inside = copy(facts)
    inside.status = status
    by_status[status] = proxy(deployment_type, 0, inside)
  end
  return by_status[status]
end

--- The deployment as a hook of this host sees it: of a kept recipe, that of the release it was kept with.
local function deployment_of(number)
  local earlier = earlier_of(number)
  if not earlier then return deployment "running" end
  local inside = copy(facts)
  inside.status = "running"
  inside.release, inside.revision, inside.release_path = earlier.release, earlier.revision, earlier.release_path
  inside.params = parameter_values(earlier.params, earlier.param_names)
  return proxy(deployment_type, 0, inside)
end

-- What a strategy decides ------------------------------------------------------------------------------------------------

local decisions = {}
local function own(method, self) return is(self, rollout_type) or misuse(method .. " is written with a colon") end

local segments = { "stop", "deliver", "install", "start", "validate", "admit", "settle" }
local is_segment = {}
for _, name in ipairs(segments) do is_segment[name] = true end

--- Changes these hosts, with `upto` no further than a segment; returns how many succeeded, failed and are ready, and which.
function decisions.wave(self, hosts, given)
  if own("rollout:wave", self) == void then return void end
  local options = read_options("rollout:wave", given)
  local at_once = options.parallel
  if at_once and (at_once.count or at_once.percent) == 0 then
    complain("parallel of rollout:wave must be a count from 1, or a share above 0%")
    at_once = nil
  end
  local upto = options.upto
  if upto and not is_segment[upto] then
    complain(string.format("upto of rollout:wave must be a segment of a host's way, got %q", upto),
      did_you_mean(upto, segments) or "the segments are " .. table.concat(segments, ", "))
    upto = nil
  end
  local numbers = numbers_of("rollout:wave", hosts)
  local parallel = at_once and (at_once.count or math.max(1, math.floor(#numbers * at_once.percent / 100)))
  local good, bad, ready = {}, {}, {}
  if #numbers > 0 then good, bad, ready = ask("wave", numbers, parallel, upto) end
  return { succeeded = #good, failed = #bad, ready = #ready, succeeded_hosts = set_of(good), failed_hosts = set_of(bad),
    ready_hosts = set_of(ready) }
end
function decisions.wait(self, time)
  if own("rollout:wait", self) == void or time == void then return end
  local milliseconds = duration(time)
  if not milliseconds then return complain("rollout:wait takes " .. types.duration.words .. ", got " .. described(time)) end
  ask("wait", milliseconds)
end
--- Gives up: hosts that were changed go back.
function decisions.rollback(self, format, ...)
  if own("rollout:rollback", self) == void then return end
  ask("rollback", format and string.format(format, ...) or "the strategy gave up")
  return raise { kind = "failed", message = "the rollout was given up" }
end

for name, method in pairs(decisions) do decisions[name] = framed(method) end
rollout_type.__index = function(self, key)
  if decisions[key] then return decisions[key] end
  local inside = payload(self)
  doubt_field(key)
  if inside[key] ~= nil then return inside[key] end
  return misnamed(string.format("a rollout has no %s", tostring(key)), key, { "targets", "wave", "wait", "rollback", "revision", "params" })
end

-- How scripts begin --------------------------------------------------------------------------------------------------

--- From here on a deployment runs.
begin_number = register(function(data)
  know_hosts(data.hosts)
  rehearsal = data.rehearsal
  facts = data.deployment
  facts.targets = set_of(data.targets)
  facts.params = parameter_values(data.params, data.param_names)
  rollout_facts = { targets = set_of(data.changing), revision = facts.revision, params = facts.params }
  phase = "run"
end)

launcher(function(fn, subject, a, b)
  if subject == "host" then return fn(handle_of(a), deployment_of(a)) end
  if subject == "deployment" then return fn(deployment(a)) end
  if subject == "failure" then return fn(deployment "failed", setmetatable(a, error_meta)) end
  if subject == "rollout" then return fn(proxy(rollout_type, 0, rollout_facts), a) end
  if subject == "child" then return fn() end
  return fn(a, b)
end)
