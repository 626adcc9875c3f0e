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
  { "command", "a command ended with a status other than 0, or by a signal; the error has command, status and stderr" },
  { "timeout", "a deadline passed" },
  { "unhealthy", "a check answered no" },
  { "failed", "the recipe called fail, or the strategy gave up" },
  { "misnamed", "no field, host or partner has this name; the error does not depend on what hosts answer" },
  { "invalid", "the request makes no sense: a wrong type, or a path that leads out of its folder" },
  { "missing", "a file, a tool, a user or a secret does not exist" },
  { "notPermitted", "the login user is not allowed to do that" },
  { "noSpace", "the disk is full" },
  { "unreachable", "the host cannot be reached, or is no longer reachable" },
  { "lost", "it is unknown how a command ended, because its host rebooted or the process that ran it died" },
  { "unfit", "a watch or an analysis found the release bad" },
  { "rejected", "a person rejected a gate, or nobody answered in time" },
  { "cancelled", "somebody cancelled the deployment, or a function around this one failed" },
  { "corrupt", "content does not have the digest that it should have" },
  { "locked", "another deployment has the lock of the host" },
  { "fenced", "a newer deployment took the host over" },
  { "transport", "the connection returned data that makes no sense" },
  { "store", "the engine cannot write its journal or another file" },
  { "internal", "a defect of Lander itself" },
}
--- The fields of an error. Each of them can be nil.
errors_.fields = {
  { "kind", "string", "one of the kinds" }, { "message", "string", "one sentence: what was asked and what came back" },
  { "fix", "string", "what to do next" }, { "host", "string", "the host's name" }, { "where", "string", "the recipe's file:line" },
  { "command", "string", "the command line" }, { "status", "integer", "its exit status" },
  { "stderr", "string", "the last lines of standard error, at most 5; for a service also the end of its journal" },
  { "attempts", "integer", "the number of attempts that retry made" },
}

--- Raises an error that contains the innermost line of a recipe.
function errors_.usage(message, fix) return raise { kind = "invalid", message = message, fix = fix } end

--- Raises an error about a bug in this prelude.
function errors_.internal(message) return raise { kind = "internal", message = message } end

return errors_
