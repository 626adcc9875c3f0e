-- Errors as recipes catch them, and functions that raise them.

local errors_ = {}

--- The metatable of every error object.
errors_.meta = { __name = "error", __metatable = false }
function errors_.meta.__tostring(e)
  local text = tostring(rawget(e, "message"))
  local host, place, stderr = rawget(e, "host"), rawget(e, "where"), rawget(e, "stderr")
  if host then text = host .. ": " .. text end
  if place then text = place .. ": " .. text end
  if type(stderr) == "string" and stderr ~= "" then text = text .. "\n  stderr: " .. string.gsub(stderr, "\n", "\n  ") end
  return text
end
errors(errors_.meta)

--- The kinds of errors, each with its meaning, in the order in which people meet them.
errors_.kinds = {
  { "command", "a command ended with another status than 0, or by a signal: the error has command, status and stderr" },
  { "timeout", "a deadline passed" },
  { "unhealthy", "a check answered no" },
  { "failed", "the recipe said fail, or the strategy gave up" },
  { "misnamed", "a field, a host or a partner has no such name: wrong whatever hosts answer" },
  { "invalid", "what was asked makes no sense: a wrong type, a path that leads out" },
  { "missing", "a file, a tool, a user or a secret is not there" },
  { "notPermitted", "the login user may not do that" },
  { "noSpace", "the disk is full" },
  { "unreachable", "the host cannot be reached, or not any more" },
  { "lost", "nobody knows how a command ended: its host rebooted, or what ran it died" },
  { "unfit", "a gate that looked at hosts found the release bad" },
  { "rejected", "a person rejected it, or nobody answered in time" },
  { "cancelled", "somebody cancelled the deployment, or a function around this one failed" },
  { "corrupt", "content does not have the digest that it should have" },
  { "locked", "another deployment holds the host" },
  { "fenced", "a newer deployment took the host over" },
  { "transport", "the connection gave something that makes no sense" },
  { "store", "the engine cannot write what it has to keep" },
  { "internal", "a mistake of Lander itself" },
}
--- The fields of an error. Each may be nil.
errors_.fields = {
  { "kind", "string", "one of the kinds" }, { "message", "string", "one sentence: what was asked and what came back" },
  { "fix", "string", "what to do next" }, { "host", "string", "the host's name" }, { "where", "string", "the recipe's file:line" },
  { "command", "string", "the line of the command" }, { "status", "integer", "its exit status" },
  { "stderr", "string", "its last messages, at most 5 lines; of a service the end of its journal, too" },
  { "attempts", "integer", "how often retry tried" },
}

--- Raises an error that names the innermost line of a recipe.
function errors_.usage(message, fix) return raise { kind = "invalid", message = message, fix = fix } end

--- Raises an error about a mistake of this prelude.
function errors_.internal(message) return raise { kind = "internal", message = message } end

return errors_
