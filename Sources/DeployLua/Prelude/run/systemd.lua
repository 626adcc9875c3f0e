-- The command lines of systemd, and how its output is read. The output is only data, and nothing in it is run.

local import = ...
local tables, types = import "runtime/tables", import "types/types"

local systemd = { tool = "systemctl", lines = 8 } -- lines: the lines of the journal that a failure shows
local longest = 300                               -- the limit of each of these lines, in bytes

-- A pattern such as * would mean several units, and a dash in front would make an option.
types.define("unit", 'the name of a unit, such as "shop" or "shop@1.service": letters, digits and : . _ @ -', function(v)
  return type(v) == "string" and #v <= 255 and string.find(v, "^[%w_][%w:._@%-]*$") ~= nil, v
end)
types.define("runner", 'true, or the name of a user', function(v)
  if v == true then return true, v end
  return types.named("user").read(v)
end)

--- Returns the command for words of systemctl. how: { user, sudo } of host:service, or nil if the login user runs the command. Without a
--- session, a login user does not know where its own manager is, so a shell finds the manager.
function systemd.command(words, how)
  if how and how.user == true then
    return "XDG_RUNTIME_DIR=/run/user/$(id -u) systemctl --user " .. table.concat(words, " ")
  end
  return tables.joined(how and how.sudo and { "sudo", "-n", "systemctl" } or { "systemctl" }, words)
end

--- Returns the words that ask for everything that `systemd.state` reads.
function systemd.question(unit) return { "show", "--property=LoadState,ActiveState,SubState,UnitFileState", unit } end

--- Returns the fields of a service from the output of that command, or nil if the output does not contain the state.
function systemd.state(text)
  local said = {}
  for key, value in string.gmatch(text, "(%u%w*)=([^\n]*)") do said[key] = said[key] or value end
  if not said.ActiveState then return nil end
  local at_boot = said.UnitFileState
  return { found = said.LoadState ~= "not-found", active = said.ActiveState == "active", state = said.ActiveState,
    detail = said.SubState or "", enabled = at_boot == "enabled" or at_boot == "enabled-runtime" }
end

--- Returns the first word that is-active writes (active, inactive, failed, activating, …), or nil if it writes no such word.
function systemd.word(text) return string.match(text or "", "^(%l+)") end

--- Returns the words that ask for the state and the last lines of the journal, for people.
function systemd.status(unit) return { "status", "--no-pager", "--full", "--lines=" .. systemd.lines, unit } end

local function cut(line)
  if #line <= longest then return line end
  local stop = longest
  while string.find(line, "^[\x80-\xBF]", stop + 1) do stop = stop - 1 end
  return string.sub(line, 1, stop) .. "…"
end

--- Returns two things from the output of that command: the state in one line, and the last lines of the journal. Each is nil if it is
--- missing.
function systemd.seen(text)
  local state = string.match(text, "\n%s*Active: ([^\n]+)")
  local at, lines = string.find(text, "\n\n", 1, true), {}
  for line in string.gmatch(at and string.sub(text, at) or "", "[^\n]+") do lines[#lines + 1] = cut(line) end
  local first = math.max(1, #lines - systemd.lines + 1)
  return state and cut(state), #lines > 0 and table.concat(lines, "\n", first) or nil
end

return systemd
