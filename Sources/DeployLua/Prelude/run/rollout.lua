-- rollout: what a strategy controls.

local import = ...
local boundary, language = import "runtime/boundary", import "runtime/language"
local near, rehearsal = import "runtime/near", import "runtime/rehearsal"
local tables, values, void = import "runtime/tables", import "runtime/values", import "runtime/void"
local amount, duration, fields = import "types/amount", import "types/duration", import "types/fields"
local decisions, sets = import "run/decisions", import "run/sets"
local partners = import "run/partners"

local rollout = {}
local kind, methods, is_own = decisions.kind, decisions.methods, decisions.is_own
local facts
local segments = import("runtime/engine").segments
local is_segment = tables.set(segments)

local object = language.object {
  name = "rollout", summary = "The rollout about which a strategy decides.",
  fields = {
    { "targets", "hosts", "the hosts that the rollout changes" },
    { "unchanged", "hosts", "hosts that already run the release. The rollout does not change these hosts" },
    { "revision", "string", "the same value as in "
      .. "the deployment" },
    { "params", "table", "the same value as in the deployment" },
  },
}
local names, known = language.fields_of(object)
language.object {
  name = "wave", summary = "The result of a wave, which rollout:wave and rollout:restart return.",
  fields = {
    { "succeeded", "integer", "the number of hosts that succeeded" }, { "failed", "integer", "the number of hosts that failed" },
    { "ready", "integer", "the number of hosts that are ready to be continued by a later wave" },
    { "succeeded_hosts", "hosts", "the hosts that succeeded" }, { "failed_hosts", "hosts", "the hosts that failed" },
    { "ready_hosts", "hosts", "the hosts that are ready to be continued by a later wave" },
  },
}

language.word {
  name = "rollout:wave", nature = "effect", phases = { "run" }, gives = "wave", takes = "hosts, { … }",
  summary = "Changes the given hosts. Returns a table with the numbers succeeded, failed and ready, and the sets succeeded_hosts, "
    .. "failed_hosts and ready_hosts.",
  example = "local outcome = rollout:wave(rollout.targets:take \"10%\")",
  fields = {
    { "parallel", "amount", "the largest number or share of hosts that change at the same time" },
    { "upto", "string", "the last segment of the lifecycle that this wave runs on the hosts: stop, deliver, install, start, validate or "
      .. "admit. A later wave runs the remaining segments" },
  },
}

--- Returns the last segment that hosts go through before they are left ready, or nil if they go through all segments.
local function read_segment(upto)
  if not upto or is_segment[upto] then return upto end
  rehearsal.complain(string.format("upto of rollout:wave must be a segment of a host's way, got %q", upto),
    near.question(upto, segments) or "the segments are " .. table.concat(segments, ", "))
end

--- Returns the number of these hosts that can change at the same time, or nil if only the deployment's own bounds apply.
local function limit(method, at_once, hosts)
  if not at_once then return nil end
  if amount.is_nothing(at_once) then
    rehearsal.complain("parallel of " .. method .. " must be a count from 1, or a share above 0%")
    return nil
  end
  return at_once.count or math.max(1, math.floor(#hosts * at_once.percent / 100))
end

--- Makes the result for a strategy from an answer of the engine: the numbers of hosts, and sets of these hosts.
local function outcome(self, answer)
  local plugin = payload(self).plugin
  return { succeeded = #answer.succeeded, failed = #answer.failed, ready = #answer.ready,
    succeeded_hosts = sets.of(answer.succeeded, plugin), failed_hosts = sets.of(answer.failed, plugin),
    ready_hosts = sets.of(answer.ready, plugin) }
end

function methods.wave(self, hosts, given)
  if not is_own("rollout:wave", self) then return void end
  local options = fields.options("rollout:wave", given)
  local upto = read_segment(options.upto)
  local numbers = sets.targets("rollout:wave", hosts)
  local parallel = limit("rollout:wave", options.parallel, numbers)
  local answer = { succeeded = {}, failed = {}, ready = {} }
  if #numbers > 0 then answer = boundary.ask { op = "wave", hosts = numbers, parallel = parallel, upto = upto } end
  return outcome(self, answer)
end

language.word {
  name = "rollout:restart", nature = "effect", phases = { "run" }, gives = "wave", takes = "hosts, { … }",
  summary = "Restarts the release that the given hosts run. The hooks of that release stop and start it, and the floor holds. A later "
    .. "wave can still change the hosts. Restart hosts before you compare them with a canary, so that the application is equally old on "
    .. "all of them. Returns the same table as rollout:wave.",
  example = "rollout:restart(rollout.targets:take(1))",
  fields = { { "parallel", "amount", "the largest number or share of hosts that change at the same time" } },
}

function methods.restart(self, hosts, given)
  if not is_own("rollout:restart", self) then return void end
  local options = fields.options("rollout:restart", given)
  local numbers = sets.targets("rollout:restart", hosts)
  local parallel = limit("rollout:restart", options.parallel, numbers)
  local answer = { succeeded = {}, failed = {}, ready = {} }
  if #numbers > 0 then answer = boundary.ask { op = "restart", hosts = numbers, parallel = parallel } end
  return outcome(self, answer)
end

language.word {
  name = "rollout:wait", nature = "pure", phases = { "run" }, gives = "nothing", takes = "duration",
  summary = "Waits for the given time. The wait is a gate: a person can end it early with lander promote.", example = "rollout:wait "
    .. "\"10m\"",
}

function methods.wait(self, time)
  if not is_own("rollout:wait", self) or time == void then return end
  local milliseconds = duration.milliseconds(time)
  if not milliseconds then
    return rehearsal.complain("rollout:wait takes " .. duration.expected(time) .. ", got " .. values.described(time))
  end
  decisions.gate { kind = "time", name = "wait", time = milliseconds }
end

language.word {
  name = "rollout:rollback", nature = "effect", phases = { "run" }, gives = "never", takes = "format, …", errors = { "failed" },
  summary = "Ends the rollout as failed. Lander rolls back the hosts that were changed.", example = "rollout:rollback(\"%d hosts "
    .. "failed\", 2)",
}

function methods.rollback(self, format, ...)
  if not is_own("rollout:rollback", self) then return end
  boundary.ask { op = "rollback", reason = format and string.format(format, ...) or "the strategy gave up" }
  return raise { kind = "failed", message = "the rollout was given up" }
end

for name, method in pairs(partners) do
  methods[name] = function(self, wanted) return is_own("rollout:" .. name, self) and method(wanted, payload(self).plugin) or void end
end

import "run/watch"
import "run/analyse"
import "run/approve"
import "run/pause"
import "run/stop"
import "run/shift"
for name, method in pairs(methods) do methods[name] = framed(method) end
kind.__index = function(self, key)
  if methods[key] then return methods[key] end
  rehearsal.doubt_field(key)
  if known[key] then return payload(self)[key] end
  return rehearsal.misnamed(string.format("a rollout has no %s", tostring(key)), key, tables.joined(names, tables.keys(methods)))
end

--- Sets the facts of the rollout. `changing` has the numbers of its targets, `same` the numbers of hosts that run the release already.
function rollout.know(given) facts = given end

--- Returns the rollout. plugin: the plugin whose grants the rollout and its hosts carry, or nil if they are allowed to do everything.
function rollout.handle(plugin)
  if not plugin then return proxy(kind, 0, facts) end
  return proxy(kind, 0, tables.merged(facts, { plugin = plugin, targets = sets.of(facts.changing, plugin),
    unchanged = sets.of(facts.same, plugin) }))
end

return rollout
