-- log("…"), log.warn("…") and print: write lines for people who follow the deployment.

local import = ...
local boundary, language = import "runtime/boundary", import "runtime/language"
local phase, phases = import "runtime/phase", import "runtime/phases"
local values, void, secret = import "runtime/values", import "runtime/void", import "run/secret"

local log = {}

language.word {
  name = "log", nature = "pure", phases = { "run" }, gives = "nothing", takes = "(format, …), .warn(format, …)",
  members = { "debug", "info", "warn", "error" },
  summary = "Writes a line to the log. The levels are log.debug, log.info, log.warn and log.error. A call of log without a level means "
    .. "log.info.", example = "log.info(\"%s is up\", host.name)",
}
language.word {
  name = "print", nature = "pure", phases = { "run" }, gives = "nothing", takes = "…", summary = "Writes values to the log, at the level "
    .. "info.",
  example = "print(host, host.tags.zone)",
}

--- Returns a text that is made from a format and values. Secrets appear as <secret>.
function log.text(format, ...)
  if type(format) ~= "string" then return tostring(format) end
  local given = table.pack(...)
  if given.n == 0 then return format end
  for i = 1, given.n do
    if given[i] == void then return format end
    if values.is(given[i], secret.kind) then given[i] = "<secret>" end
  end
  return string.format(format, table.unpack(given, 1, given.n))
end

--- Writes a line, except in a rehearsal. level: "debug", "info", "warn" or "error".
function log.say(level, text)
  if not phase.rehearsing() then boundary.note(level, text) end
end

local members = {}
for _, level in ipairs { "debug", "info", "warn", "error" } do
  members[level] = function(...)
    if phases.running("log." .. level) then log.say(level, log.text(...)) end
  end
end
language.meaning("log", values.word("log", members, members.info))

language.meaning("print", function(...)
  if not phases.running "print" then return end
  local texts = table.pack(...)
  for i = 1, texts.n do texts[i] = values.is(texts[i], secret.kind) and "<secret>" or tostring(texts[i]) end
  log.say("info", table.concat(texts, "\t", 1, texts.n))
end)

return log
