-- sleep "5s": waits.

local import = ...
local boundary, language, phases = import "runtime/boundary", import "runtime/language", import "runtime/phases"
local rehearsal, values, void = import "runtime/rehearsal", import "runtime/values", import "runtime/void"
local duration = import "types/duration"

language.word {
  name = "sleep", nature = "pure", phases = { "run" }, gives = "nothing", takes = "duration", summary = "Waits for the given "
    .. "time.", example = "sleep \"5s\"",
}

language.meaning("sleep", function(time)
  if not phases.running "sleep" or time == void then return end
  local milliseconds = duration.milliseconds(time)
  if not milliseconds then return rehearsal.complain("sleep takes " .. duration.expected(time) .. ", got " .. values.described(time)) end
  boundary.pause(milliseconds)
end)
