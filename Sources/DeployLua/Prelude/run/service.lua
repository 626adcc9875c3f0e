-- host:service(action, unit): controls a service of the host's init system. Each question is a command on the host, as host:run makes it.

local import = ...
local boundary, language, near = import "runtime/boundary", import "runtime/language", import "runtime/near"
local phase, rehearsal = import "runtime/phase", import "runtime/rehearsal"
local values, void = import "runtime/values", import "runtime/void"
local duration, fields, types = import "types/duration", import "types/fields", import "types/types"
local fleet, operation, systemd = import "run/fleet", import "run/operation", import "run/systemd"
local state, units = import "run/service_state", import "run/unit"

local actions = "start|stop|restart|reload|enable|disable|state"
local begins = { start = true, restart = true } -- after these actions, the unit has to be active

language.word {
  name = "host:service", nature = "effect", phases = { "run" }, gives = "service", takes = "action, unit, { … }",
  summary = "Starts, stops, restarts, reloads, enables or disables a systemd unit, at most once. The action state only returns the state "
    .. "of the unit.",
  example = "host:service(\"restart\", \"shop\", { sudo = true, timeout = \"2m\" })",
  arguments = {
    { "action", actions, "the action" },
    { "unit", "unit", "the unit's name, as in systemctl. A name without an ending means a service" },
  },
  errors = { "command", "unhealthy", "missing", "timeout", "lost", "unreachable" },
  fields = {
    { "user", "runner", "the name of the user who runs systemctl, or true if the unit belongs to the login "
      .. "user", default = "the login user" },
    { "sudo", "boolean", "whether Lander runs systemctl with sudo -n. The sudoers file needs to allow only this command" },
    { "daemon_reload", "boolean", "whether systemd reads the unit files again before the action" },
    { "wait", "boolean", "whether start and restart wait until the unit is active. Use false for a unit that ends by "
      .. "itself", default = "true" },
    { "stays", "time", "the time for which the unit must stay active. Lander checks the unit again after this time" },
    { "timeout", "time", "the longest time that the whole call may take", default = "\"3m\"" },
    { "on_lost", "fail|repeat", "what to do if the result of the action is unknown", default = "fail" },
    { "rehearse", "active|inactive|failed|activating|deactivating|reloading",
      "the state that a rehearsal assumes" },
  },
}

--- Returns whether the arguments are valid. Each mistake is reported.
local function is_good(action, unit, own)
  local good = true
  local function wrong(message, fix)
    if action ~= void and unit ~= void then rehearsal.misuse("host:service" .. message, fix) end
    good = false
  end
  local choice = types.named(actions)
  if not choice.read(action) then
    wrong(string.format(" takes an action first, got %s", values.described(action)),
      near.question(action, choice.choices, "%q") or "actions are " .. table.concat(choice.choices, ", "))
  end
  if not types.named("unit").read(unit) then
    wrong(string.format(" takes %s, got %s", types.named("unit").words, values.described(unit)),
      "write the name as systemctl has it: host:service(\"restart\", \"shop\")")
  end
  if own.sudo and own.user ~= nil then
    wrong(": sudo and user are two ways to run systemctl", own.user == true and "leave out sudo: a user's own units need none"
      or "leave one of them out: sudo runs it as root")
  end
  for _, name in ipairs { "wait", "stays" } do
    if own[name] ~= nil and not begins[action] then wrong(": " .. name .. " goes with start and restart") end
  end
  if own.stays and own.wait == false then wrong(": stays needs wait") end
  if own.rehearse and action ~= "state" then wrong(": rehearse is the answer to \"state\"") end
  return good
end

--- Returns whether the host has the init system that this word uses. If nothing is known about the host's tools, the answer is true, and
--- the command itself fails if it is missing.
local function has_systemd(number)
  local facts = fleet.facts(number).facts
  local tools = facts and facts.tools or {}
  for _, tool in ipairs(tools) do if tool == systemd.tool then return true end end
  if #tools == 0 then return true end
  local message = string.format("%s has no init system that host:service knows: there is no %s", fleet.name(number), systemd.tool)
  local fix = "start and stop what runs there by its own commands: host:run"
  if phase.rehearsing() then return rehearsal.mistake("missing", message, fix) and false end
  return raise { kind = "missing", message = message, fix = fix, host = fleet.name(number) }
end

--- Checks repeatedly until the unit is active, and once more after `stays`. left: the remaining milliseconds. whole: the milliseconds of
--- the action and the wait together. A rehearsal checks once, with all of the time.
local function await(number, unit, how, left, stays, whole)
  local way, spent, word, was_active = { user = how.user == true or nil }, 0, nil, false
  local function unhealthy(text, fix)
    return units.failed(number, unit, how, { kind = "unhealthy", message = string.format(text, unit), fix = fix })
  end
  while true do
    local limit = phase.rehearsing() and left or math.max(1000, math.min(left - spent, 30000))
    local failure, answer, line = units.asked(number, { "is-active", unit }, way, limit, "repeat")
    if failure and failure.kind ~= "command" and failure.kind ~= "timeout" then return operation.failed(number, failure, line) end
    word = failure and (systemd.word(answer.stdout) or word) or nil
    spent = spent + (answer.took or 0)
    if not failure then
      if was_active or not stays or phase.rehearsing() then return end
      was_active = true
      boundary.pause(stays)
    elseif was_active then
      return unhealthy("%s was active, and is not any more " .. duration.described(stays) .. " later")
    elseif word == "failed" then
      return unhealthy("%s did not become active")
    elseif word == "inactive" then
      return unhealthy("%s was started, and is inactive again", "give wait = false if it is a unit that is to end")
    else
      if phase.rehearsing() or spent + 500 >= left then
        return unhealthy("waited " .. duration.described(whole) .. " for %s to become active")
      end
      boundary.pause(500)
      spent = spent + 500
    end
  end
end

--- Returns the state of a unit.
local function ask_state(number, unit, own)
  local failure, answer, line = units.asked(number, systemd.question(unit), own, own.timeout, "repeat")
  if failure then return operation.failed(number, failure, line, answer.status, answer.stderr) end
  return state.of(unit, answer.stdout, own.rehearse)
end

local limit = 180000 -- milliseconds: the time that systemd gives a stop and a start together

--- Performs an action on a unit of a host, and waits for its effect.
return function(number, action, unit, given)
  local own = fields.options("host:service", given)
  if not is_good(action, unit, own) or not has_systemd(number) then return action == "state" and void or nil end
  if action == "state" then return ask_state(number, unit, own) end
  local left = own.timeout or limit
  local function run(words, on_lost)
    local failure, answer, line = units.asked(number, words, own, left, on_lost)
    if failure then return units.failed(number, unit, own, failure, line, answer) end
    if not phase.rehearsing() then left = math.max(1000, left - (answer.took or 0)) end
  end
  if own.daemon_reload then run({ "daemon-reload" }, "repeat") end
  run({ action, unit }, own.on_lost)
  if begins[action] and own.wait ~= false then await(number, unit, own, left, own.stays, own.timeout or limit) end
end
