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
  { "command", "a command ended with a status other than 0, or a signal ended it. The error has the fields command, status and stderr" },
  { "timeout", "a deadline passed" },
  { "unhealthy", "a check failed: the host or the service is not healthy" },
  { "failed", "the recipe called fail, or the strategy gave up" },
  { "misnamed", "no field, host or partner has this name. This error does not depend on what hosts answer" },
  { "invalid", "an argument is invalid, such as a value of a wrong type, or a path that leads out of its folder" },
  { "missing", "a file, a tool, a user or a secret does not exist" },
  { "notPermitted", "the login user does not have the necessary permission" },
  { "noSpace", "the disk is full" },
  { "unreachable", "the host cannot be reached, or is no longer reachable" },
  { "lost", "it is unknown how a command ended, because its host rebooted, or because the process that ran the command died" },
  { "unfit", "a watch or an analysis found that the release is bad" },
  { "rejected", "a person rejected a gate, or nobody answered in time" },
  { "cancelled", "somebody cancelled the deployment, or a call of each or all stopped this function because another function failed" },
  { "corrupt", "content does not have the digest that it should have" },
  { "locked", "another deployment has the lock of the host" },
  { "fenced", "a newer deployment took the lock of the host" },
  { "transport", "the connection returned data that makes no sense" },
  { "store", "the engine cannot write its journal or another file" },
  { "internal", "a defect of Lander itself" },
}
--- The fields of an error. Each of them can be nil.
errors_.fields = {
  { "kind", "string", "one of the kinds in the table below" },
  { "message", "string", "one sentence that says what was asked and what the answer was" },
  { "fix", "string", "what to do next" }, { "host", "string", "the host's name" },
  { "where", "string", "the place in the recipe, as file:line" },
  { "command", "string", "the command line" }, { "status", "integer", "the exit status of the command" },
  { "stderr", "string", "the last lines of standard error, at most 5. For a service, the end of its journal follows" },
  { "attempts", "integer", "the number of attempts that retry made" },
}

--- Raises an error that contains the innermost line of a recipe.
function errors_.usage(message, fix) return raise { kind = "invalid", message = message, fix = fix } end

--- Raises an error about a bug in this prelude.
function errors_.internal(message) return raise { kind = "internal", message = message } end

return errors_
