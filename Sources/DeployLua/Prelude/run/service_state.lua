-- The state of a service, as host:service("state", unit) returns it.

local import = ...
local errors, language = import "runtime/errors", import "runtime/language"
local phase, answer, systemd = import "runtime/phase", import "run/answer", import "run/systemd"

local state = {}

local object = language.object {
  name = "service", summary = "The state of a service, which host:service(\"state\", unit) returns.",
  fields = {
    { "name", "string", "the unit's name, as it was given in the call" }, { "found", "boolean", "whether the host has such a unit" },
    { "active", "boolean", "whether the unit is active" }, { "enabled", "boolean", "whether the unit starts when the host boots" },
    { "state", "string", "active, inactive, failed, activating, deactivating or reloading; a newer systemd might have other states" },
    { "detail", "string", "systemd's name for the detailed state, such as running, exited or dead" },
  },
}
--- known: the fields from the host's answer. guessed: the fields that a rehearsal invents.
local new = answer.maker(object, {})

local usual = { found = true, active = true, enabled = true, state = "active", detail = "running" }

--- Makes the state from the output of systemctl. foretold: the state for rehearsals, or nil if none is given.
function state.of(unit, text, foretold)
  if phase.rehearsal() then
    if foretold then return new({ name = unit, found = true, active = foretold == "active", state = foretold }, usual) end
    if phase.rehearsing() or not text or text == "" then return new({ name = unit }, usual) end
  end
  local own = systemd.state(text or "")
  if not own then
    return errors.usage(string.format("the host did not report the state of %s", unit), phase.rehearsal()
      and "in a test, set the answer: answers = { { command = \"systemctl show\", stdout = \"ActiveState=active\" } }"
      or "a simulated host has no services: lander repl --host NAME asks a real one")
  end
  own.name = unit
  return new(own)
end

return state
