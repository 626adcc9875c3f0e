-- Asks a host about a unit of its init system, and makes the error about a failed unit.

local import = ...
local phase, fleet, operation, systemd = import "runtime/phase", import "run/fleet", import "run/operation", import "run/systemd"

local unit = {}

--- Runs words of systemctl. how: as in systemd.command. Returns the failure or nil, the answer, and the text of the command.
function unit.asked(number, words, how, timeout, on_lost)
  local command = systemd.command(words, how)
  local user = how and type(how.user) == "string" and how.user or nil
  local answer = operation.ask { op = "run", host = number, timeout = timeout, command = command, user = user, on_lost = on_lost }
  return answer.failure, answer, type(command) == "string" and command or table.concat(command, " ")
end

--- Returns what a host shows about a failed unit: its state, and the last lines of its journal. A value that the host does not show is nil.
local function seen(number, name, how)
  for _, way in ipairs { how, { user = how.user == true or nil } } do
    local _, answer = unit.asked(number, systemd.status(name), way, 10000, "repeat")
    local text = answer.stdout or ""
    if text ~= "" and not answer.stdout_cut then return systemd.seen(text) end
    if how.user == true or not (how.user or how.sudo) then return nil end
  end
end

--- Raises a failure, and adds what the host shows about the unit. line, answer: those of the command that failed.
function unit.failed(number, name, how, failure, line, answer)
  local kind = failure.kind
  if phase.rehearsing() or not (kind == "command" or kind == "timeout" or kind == "unhealthy") then
    return operation.failed(number, failure, line, answer and answer.status, answer and answer.stderr)
  end
  local now, journal = seen(number, name, how)
  local wrote = operation.last_lines(answer and answer.stderr, 2)
  local message = failure.message .. (now and string.format("; %s is %s", name, now) or "")
  local facts = fleet.facts(number).facts
  local fix = failure.fix
  if not fix and kind == "command" and not (how.sudo or how.user) and facts and facts.user ~= "root" then
    fix = "a unit of the system is changed by root: give sudo = true or user = \"root\"; user = true if it is one of the login user's own"
  end
  return raise { kind = kind, message = message, fix = fix, command = line, status = answer and answer.status,
    host = fleet.name(number), stderr = wrote and journal and wrote .. "\n" .. journal or wrote or journal }
end

return unit
