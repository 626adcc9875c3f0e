-- alarm = { … }: how a deployment is watched after it has succeeded.

local import = ...
local grants, language, problems = import "runtime/grants", import "runtime/language", import "runtime/problems"
local duration, fields = import "types/duration", import "types/fields"

local alarm = {}
local longest = 7 * 24 * 3600000 -- milliseconds
local shortest = 1000            -- milliseconds
local most = 1000                -- the limit of checks of each host
local slowest = 5 * 60000        -- the limit of one check, in milliseconds

language.word {
  name = "recipe.alarm", nature = "pure", phases = { "description" }, takes = "alarm = { … }",
  summary = "Checks the hosts for some time after a deployment has succeeded. If too many checks fail, Lander rolls the hosts back. The "
    .. "next deployment ends the alarm.",
  example = "alarm = { during = \"60m\", http = \"http://localhost:8080/ready\", allow = 3 }",
  fields = {
    { "during", "time", "how long the alarm lasts after the deployment has succeeded: 1 second to 7 days", required = true },
    { "every", "time", "the time between two checks of a host, at least 1 second. A host can be checked at most 1,000 "
      .. "times", default = "\"10s\", or 1/500 "
      .. "of during" },
    { "http", "url", "the URL to check. The host itself requests this URL, unless from is \"engine\"" },
    { "port", "port", "the TCP port to check, on which the host must listen" },
    { "command", "name", "a command. The check succeeds if the command exits with 0" },
    { "status", "statuses", "the status codes that count as healthy", default = "200 to 399" },
    { "from", "host|engine", "the machine that makes the check", default = "\"host\"" },
    { "timeout", "time", "the longest time that one check may take. It is at most 5 minutes", default = "\"10s\"" },
    { "allow", "count", "the number of failed checks that are allowed", default = "0" },
    { "name", "name", "the name of the alarm in messages and reports", default = "\"alarm\"" },
  },
}

--- Returns the question of the alarm, or nil if there is none, or more than one.
local function question(own, subject, place)
  local kinds = 0
  for _, name in ipairs { "http", "port", "command" } do if own[name] then kinds = kinds + 1 end end
  if kinds ~= 1 then
    problems.add(subject .. " takes exactly one of http, port and command", nil, place)
    return nil
  end
  if own.status and not own.http then
    problems.add("status of " .. subject .. " is for http", nil, problems.at_field(place, "status"))
  end
  if own.command and string.find(own.command, "\0", 1, true) then
    problems.add("command of " .. subject .. " has a zero byte, which no command can hold", nil, problems.at_field(place, "command"))
    return nil
  end
  if own.port then return { check = "port", port = own.port } end
  if own.command then return { check = "command", command = own.command } end
  return { check = "http", url = own.http, status = own.status }
end

--- Checks whether the plugin that describes the alarm is allowed to ask this question.
local function grant(own, what)
  local needed = own.from == "engine" and "local.exec:sh" or what.check == "command" and "host.run" or "host.check"
  grants.may(grants.asking(), needed, "recipe.alarm")
end

--- Returns whether a time is longer than its limit. If it is, reports that.
local function beyond(field, time, limit, words, hint, subject, place)
  if time <= limit then return false end
  problems.add(string.format("%s of %s is %s, and %s is the most", field, subject, duration.described(time), words), hint,
    problems.at_field(place, field))
  return true
end

--- Returns the time between two checks, or nil if a time is out of bounds. Each such time is reported.
local function bounded(own, subject, place)
  local during = own.during
  local wrong = during ~= nil
    and beyond("during", during, longest, "7 days", "let a monitoring system watch after that", subject, place)
  if during and during < shortest then
    problems.add("during of " .. subject .. " is shorter than a second", nil, problems.at_field(place, "during"))
    wrong = true
  end
  if own.timeout and beyond("timeout", own.timeout, slowest, "5 minutes", nil, subject, place) then wrong = true end
  local every = own.every or math.max(10000, (during or 0) // 500)
  if every < 1000 then
    problems.add(string.format("every of %s is %s, and a second is the least", subject, duration.described(every)), nil,
      problems.at_field(place, "every"))
    wrong = true
  end
  if wrong or not during then return nil end
  every = math.max(1000, math.min(every, during))
  local checks = math.ceil(during / every) + 1
  if checks > most + 1 then
    problems.add(string.format("%s would check each host %d times, and %d times is the most", subject, checks - 1, most),
      string.format("write every = \"%ds\" or more", math.ceil(during / most / 1000)), problems.at_field(place, "every"))
    return nil
  end
  return every
end

--- Returns the fields without `check`, which an alarm cannot have, and whether `check` was given. If it was, reports that.
local function unchecked(given, subject, place)
  if type(given) ~= "table" or given.check == nil then return given, false end
  problems.add(subject .. " takes no check: functions run only while a deployment is under way",
    "use http, port or command; a function can check hosts during the deployment, with rollout:watch", problems.at_field(place, "check"))
  local rest = {}
  for key, value in pairs(given) do if key ~= "check" then rest[key] = value end end
  return rest, true
end

--- Returns the alarm as data for the engine, or nil if it is incomplete or invalid. subject: the recipe, for messages.
function alarm.read(given, subject, place)
  subject = "alarm of " .. subject
  local rest, checked = unchecked(given, subject, place)
  local own, mistaken = fields.read(subject, "recipe.alarm", rest, place)
  if type(given) ~= "table" then return nil end
  -- A field that was not understood might have been meant as the question.
  local asks = rest.http ~= nil or rest.port ~= nil or rest.command ~= nil
  local understood = (own.http ~= nil or own.port ~= nil or own.command ~= nil) or not asks and not checked and not mistaken
  local what = understood and question(own, subject, place) or nil
  local every = bounded(own, subject, place)
  if mistaken or checked or not what or not every then return nil end
  grant(own, what)
  what.during, what.every, what.limit = own.during, every, math.max(own.timeout or 10000, 100)
  what.allow, what.engine, what.name = own.allow or 0, own.from == "engine" or nil, own.name or "alarm"
  return problems.placed(what, place)
end

--- Reports an alarm of a recipe with rollback = false, because such a recipe cannot roll hosts back.
function alarm.refuse_held(own, rollback, subject, place)
  if own and rollback == false then
    problems.add(subject .. " has an alarm, which rolls hosts back, and rollback = false, which forbids that", "leave one of them out",
      place)
  end
end

return alarm
