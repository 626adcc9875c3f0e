-- systemd: the command lines that ask it for a unit, and how its answers are read. What it writes is data: nothing of it is run.

local import = ...
local tables, types = import "runtime/tables", import "types/types"

local systemd = { tool = "systemctl", lines = 8 } -- lines: of the journal, that a failure shows
local longest = 300                               -- bytes of each of them

-- A pattern such as * would mean several units, and a dash in front an option.
types.define("unit", 'the name of a unit, such as "shop" or "shop@1.service": letters, digits and : . _ @ -', function(v)
  return type(v) == "string" and #v <= 255 and string.find(v, "^[%w_][%w:._@%-]*$") ~= nil, v
end)
types.define("runner", 'true, or the name of a user', function(v)
  if v == true then return true, v end
  return types.named("user").read(v)
end)

--- The command for words of systemctl. how: { user, sudo } of host:service; nil: as the login user. Without a session nobody has told a
--- login user where its own manager is, so a shell looks for it.
function systemd.command(words, how)
  if how and how.user == true then
    return "XDG_RUNTIME_DIR=/run/user/$(id -u) systemctl --user " .. table.concat(words, " ")
  end
  return tables.joined(how and how.sudo and { "sudo", "-n", "systemctl" } or { "systemctl" }, words)
end

--- Words that ask for all that `systemd.state` reads.
function systemd.question(unit) return { "show", "--property=LoadState,ActiveState,SubState,UnitFileState", unit } end

--- Fields of a service from the answer to that question; nil if it says nothing of its state.
function systemd.state(text)
  local said = {}
  for key, value in string.gmatch(text, "(%u%w*)=([^\n]*)") do said[key] = said[key] or value end
  if not said.ActiveState then return nil end
  local at_boot = said.UnitFileState
  return { found = said.LoadState ~= "not-found", active = said.ActiveState == "active", state = said.ActiveState,
    detail = said.SubState or "", enabled = at_boot == "enabled" or at_boot == "enabled-runtime" }
end

--- The first word of what is-active writes: active, inactive, failed, activating, …; nil if it is none.
function systemd.word(text) return string.match(text or "", "^(%l+)") end

--- Words that ask for the state and the last lines of the journal, for people.
function systemd.look(unit) return { "status", "--no-pager", "--full", "--lines=" .. systemd.lines, unit } end

local function cut(line)
  if #line <= longest then return line end
  local stop = longest
  while string.find(line, "^[\x80-\xBF]", stop + 1) do stop = stop - 1 end
  return string.sub(line, 1, stop) .. "…"
end

--- What the answer to that says of the state, in one line, and the last lines of the journal; nil for what it does not say.
function systemd.seen(text)
  local state = string.match(text, "\n%s*Active: ([^\n]+)")
  local at, lines = string.find(text, "\n\n", 1, true), {}
  for line in string.gmatch(at and string.sub(text, at) or "", "[^\n]+") do lines[#lines + 1] = cut(line) end
  local first = math.max(1, #lines - systemd.lines + 1)
  return state and cut(state), #lines > 0 and table.concat(lines, "\n", first) or nil
end

return systemd
