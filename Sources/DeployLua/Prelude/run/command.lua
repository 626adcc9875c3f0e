-- Runs one command: for host:run, host:try and the same methods of `here`.

local import = ...
local language, rehearsal = import "runtime/language", import "runtime/rehearsal"
local values, void, fields = import "runtime/values", import "runtime/void", import "types/fields"
local attempts, operation = import "run/attempts", import "run/operation"
local result, secret = import "run/result", import "run/secret"

local command = {}
local most_bytes = 1048576 -- the limit of a command's text

--- Returns the options of a command. folder: where the command runs if `cwd` is not given. user: the declaration of the field `user`.
local function options_of_commands(folder, user)
  return {
    { "env", "table", "environment variables by name. Each value is a string or a secret" },
    { "cwd", "name", "the folder in which the command runs", default = folder },
    { "timeout", "time", "the longest time that the call may take" },
    { "input", "any", "the standard input of the command: a string or a secret" },
    user, { "merge", "boolean", "whether standard output and standard error are combined into one stream, in exact order" },
    { "retry", "table", "how often to try again if the command fails: { times = 3, every = \"5s\", backoff = 2 }" },
    { "on_lost", "fail|repeat", "what to do if the result of the command is unknown" },
    { "rehearse", "answer", "the answer that a rehearsal assumes: a string, or { stdout, stderr, status }" },
  }
end
local of_hosts = options_of_commands("the release", { "user", "user", "the user who runs the command", default = "the login user" })
local of_here = options_of_commands("the project's folder", { "user", "user", "not possible on the engine's machine: the call fails. Call "
  .. "sudo in the command instead" })

local function declare(name, summary, example, raised)
  language.word { name = name, nature = "effect", phases = { "run" }, gives = "result", takes = "command, { … }", summary = summary,
    example = example, fields = string.find(name, "^here") and of_here or of_hosts, errors = raised }
end
declare("host:run", "Runs a command on the host, at most once. An exit status other than 0 is an error.",
  "host:run(\"bin/migrate --yes\", { timeout = \"15m\" })", { "command", "timeout", "lost", "unreachable" })
declare("host:try", "Runs a command on the host, and returns its result even if the exit status is not 0.",
  "if not host:try(\"systemctl is-active web\").ok then log.warn \"web is not active\" end", { "timeout", "lost", "unreachable" })
declare("here:run", "Runs a command on the engine's machine. An exit status other than 0 is an error.",
  "here:run \"git tag -f live\"", { "command", "timeout" })
declare("here:try", "Runs a command on the engine's machine, and returns its result even if the exit status is not 0.", "local clean = "
  .. "here:try(\"git diff --quiet\").ok", { "timeout" })
language.word {
  name = "host:run.rehearse", nature = "pure", phases = { "run" }, takes = "rehearse = { … }",
  summary = "The answer that a rehearsal assumes for a command.",
  example = "host:run(\"nproc\", { rehearse = \"4\" })",
  fields = {
    { "stdout", "string", "the standard output", default = "empty" }, { "stderr", "string", "the standard error", default = "empty" },
    { "status", "integer", "the exit status", default = "0" },
  },
}

local function no_secret(method)
  return rehearsal.misuse(method .. ": a secret does not belong into a command: give it in env or as input")
end

local function of_size(method, given, bytes)
  if bytes <= most_bytes then return given end
  return rehearsal.complain(string.format("%s takes a command of at most 1 MiB, got %d bytes", method, bytes),
    "write the text to a file with host:write, or give it as input")
end

--- Reads a command: a text for a shell, or a list of words. Returns `void` if it cannot be run.
local function read_command(method, given)
  if type(given) == "string" and given ~= "" then
    return operation.is_plain(method .. ": the command", given) and of_size(method, given, #given) or void
  end
  if given == void then return void end
  if values.is(given, secret.kind) then return no_secret(method) end
  if type(given) ~= "table" or #given == 0 then
    return rehearsal.complain(string.format("%s takes a command in quotes or a list of words, got %s", method, values.described(given)))
  end
  local bytes = 0
  for _, word in ipairs(given) do
    if word == void then return void end
    if values.is(word, secret.kind) then return no_secret(method) end
    if type(word) ~= "string" then
      return rehearsal.complain(string.format("%s: words of a command are strings, got %s", method, values.described(word)))
    end
    if not operation.is_plain(method .. ": a word of the command", word) then return void end
    bytes = bytes + #word + 1
  end
  return of_size(method, given, bytes)
end

--- Reads environment variables by name. Returns nil if there are none.
local function read_environment(method, env)
  if env == nil then return nil end
  local variables
  for name, value in pairs(env) do
    if type(name) ~= "string" or not string.match(name, "^[%a_][%w_]*$") then
      rehearsal.complain(string.format("%s: %s is no name of a variable", method, values.described(name)))
    else
      local text = operation.text(method .. ": env." .. name, type(value) == "boolean" and tostring(value) or value)
      if text and (type(text) ~= "string" or operation.is_plain(method .. ": env." .. name, text)) then
        variables = variables or {}
        variables[name] = text
      end
    end
  end
  return variables
end

local function line_of(given) return type(given) == "string" and given or table.concat(given, " ") end

--- Runs a command. number: the host's number, or nil for the engine's machine. tolerant: whether an exit status other than 0 is a result
--- and not an error.
function command.run(method, number, given, options, tolerant)
  given = read_command(method, given)
  options = fields.options("host:run", options)
  local foretold = options.rehearse and fields.read(method .. ": rehearse", "host:run.rehearse", options.rehearse)
  local plan = options.retry and attempts.read(options.retry, 1)
  local environment = read_environment(method, options.env)
  local input = options.input ~= nil and operation.text(method .. ": input", options.input) or nil
  if given == void then return result.none() end
  local function once(_, is_last)
    local answer = operation.ask { op = "run", host = number, timeout = options.timeout, command = given, env = environment,
      cwd = options.cwd, input = input, user = options.user, merge = options.merge, on_lost = options.on_lost }
    local failure, outcome = result.of(answer, foretold, tolerant)
    if not failure then return outcome end
    if not is_last and (failure.kind == "command" or failure.kind == "timeout") then return nil end
    if tolerant and failure.kind == "command" then return outcome end
    return operation.failed(number, failure, line_of(given), outcome.status, answer.stderr or foretold and foretold.stderr)
  end
  if not plan then return once(1, true) end
  rehearsal.repeats(plan.times, attempts.pauses(plan))
  return attempts.make(plan, once)
end

return command
