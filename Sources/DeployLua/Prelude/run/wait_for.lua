-- host:wait_for { … }: asks the host one question repeatedly, until the answer is good or the call times out.

local import = ...
local boundary, grants = import "runtime/boundary", import "runtime/grants"
local language, phase = import "runtime/language", import "runtime/phase"
local rehearsal = import "runtime/rehearsal"
local duration, fields, operation = import "types/duration", import "types/fields", import "run/operation"

language.word {
  name = "host:wait_for", nature = "probe", phases = { "run" }, gives = "nothing", takes = "{ … }",
  summary = "Repeats a check on the host until it succeeds or times out.",
  example = "host:wait_for { http = \"http://localhost:8080/ready\", timeout = \"2m\" }",
  errors = { "unhealthy", "unreachable" },
  fields = {
    { "http", "url", "the URL to check. The host itself requests this URL" },
    { "port", "port", "the TCP port to check, on which the host must listen" },
    { "command", "name", "a command. The check succeeds if the command exits with 0" },
    { "status", "statuses", "the status codes that count as healthy", default = "200 to 399" },
    { "timeout", "time", "the longest time that all checks together may take", default = "\"60s\"" },
    { "every", "duration", "the time between two "
      .. "checks", default = "\"1s\"" },
  },
}

--- Returns the options, the question that they contain, and the question in words, or nil if they contain no question, or more than one.
local function read(given)
  local options, mistaken = fields.options("host:wait_for", given)
  local kinds = (options.http and 1 or 0) + (options.port and 1 or 0) + (options.command and 1 or 0)
  if kinds ~= 1 then
    -- A question that was given but was wrong has already been reported.
    local asked = (given.http ~= nil and 1 or 0) + (given.port ~= nil and 1 or 0) + (given.command ~= nil and 1 or 0)
    if not mistaken and (kinds > 1 or asked ~= 1) then
      rehearsal.misuse("host:wait_for takes exactly one of http, port and command")
    end
    return options
  end
  if options.port then return options, { check = "port", port = options.port }, "port " .. options.port .. " to answer" end
  if options.command then
    return options, { check = "command", command = options.command }, "`" .. options.command .. "` to succeed"
  end
  return options, { check = "http", url = options.http, status = options.status }, options.http .. " to answer"
end

--- plugin: the plugin whose grants count, or nil if the caller is allowed to do everything.
local function wait_for(number, given, plugin)
  if type(given) ~= "table" then
    return rehearsal.misuse("host:wait_for takes a table: host:wait_for { http = \"http://localhost:8080/\" }")
  end
  local options, question, words = read(given)
  if not question then return end
  if not grants.may(plugin, question.check == "command" and "host.run" or "host.check", "host:wait_for") then return end
  question.op, question.host = "check", number
  local timeout, every, spent, last, fix = options.timeout or 60000, math.max(options.every or 1000, 50), 0, nil, nil
  while true do
    -- A check gets at least a second, and one more so that the client itself can say why it got no answer. A rehearsal asks once, with all
    -- of the time, so that a plan has one line with the whole deadline.
    local limit = phase.rehearsing() and timeout or math.max(1000, math.min(timeout - spent, 30000))
    question.timeout = phase.rehearsing() and limit or limit + 1000
    local answer = operation.ask(question)
    local failure = answer.failure
    if not failure and answer.value ~= false then return end
    if failure and failure.kind ~= "unhealthy" and failure.kind ~= "timeout" then return operation.failed(number, failure) end
    -- The last answer is more useful than a check that was cut short by the time limit.
    if not failure then last = "the answer was no"
    elseif failure.kind == "unhealthy" then last, fix = failure.message, failure.fix
    elseif not last then last = string.format("no answer within %s", duration.described(limit)) end
    spent = spent + (answer.took or 0)
    if spent + every >= timeout or phase.rehearsing() then
      return operation.failed(number, { kind = "unhealthy", fix = fix,
        message = string.format("waited %s for %s: %s", duration.described(timeout), words, last) })
    end
    boundary.pause(every)
    spent = spent + every
  end
end

return wait_for
