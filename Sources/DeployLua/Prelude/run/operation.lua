-- Operations of a host or of the engine's machine, and the arguments that several of them share.

local import = ...
local boundary, rehearsal = import "runtime/boundary", import "runtime/rehearsal"
local values, void, fleet, secret = import "runtime/values", import "runtime/void", import "run/fleet", import "run/secret"

local operation = {}

--- Asks for an operation, and returns the engine's answer: { failure, value, status, stdout, stderr, took }. took is in milliseconds.
--- question: `op`, the fields of the operation, `timeout` in milliseconds, and `host`, the number of a host. Without `host`, the engine's
--- machine is asked.
operation.ask = boundary.ask

--- Returns the last lines of a text, or nil if there are none. count: the limit of the lines.
function operation.last_lines(text, count)
  if not text or text == "" then return nil end
  local lines = {}
  for line in string.gmatch(text, "[^\n]+") do lines[#lines + 1] = line end
  return table.concat(lines, "\n", math.max(1, #lines - count + 1))
end

--- Raises an error about what went wrong on a host. command, status, stderr: those of a command, or nil for other operations.
function operation.failed(number, failure, command, status, stderr)
  rehearsal.doubt()
  return raise { kind = failure.kind, message = failure.message, fix = failure.fix, command = command, status = status,
    host = fleet.name(number), stderr = operation.last_lines(stderr, 5) }
end

--- Asks for an operation, and returns its value. A failure of the operation is raised as an error.
function operation.done(question)
  local answer = boundary.ask(question)
  if answer.failure then return operation.failed(question.host, answer.failure) end
  return answer.value
end

--- Returns whether a text can be sent to a host unchanged. If not, that is reported as a mistake, because other bytes would arrive.
function operation.is_plain(subject, text, may_have_zero)
  if not utf8.len(text) then
    rehearsal.complain(subject .. " has bytes that are no UTF-8 text", "keep bytes in a file, and bring it with host:upload")
  elseif not may_have_zero and string.find(text, "\0", 1, true) then
    rehearsal.complain(subject .. " has a zero byte, which no command and no variable can hold", "give it as input")
  else
    return true
  end
end

--- Returns a text, or the pieces of a secret, or nil if there is nothing to send.
function operation.text(subject, value)
  if value == nil then return nil end
  if type(value) == "string" then return operation.is_plain(subject, value, true) and value or nil end
  if value == void then return nil end
  if type(value) == "number" then return values.as_text(value) end
  local pieces = values.is(value, secret.kind)
  if pieces then return pieces end
  rehearsal.complain(string.format("%s must be a string or a secret, got %s", subject, values.described(value)))
end

--- Returns a path. A value that is not a path is reported as a mistake, and a rehearsal continues with "/".
function operation.path(method, path)
  if type(path) == "string" and path ~= "" and not string.find(path, "\0", 1, true) then return path end
  if path ~= void then rehearsal.complain(string.format("%s takes a path in quotes, got %s", method, values.described(path))) end
  return "/"
end

--- Returns a path for writing. A relative path starts in the release, and must not lead out of it.
function operation.inside(method, path)
  path = operation.path(method, path)
  if string.sub(path, 1, 1) == "/" then return path end
  local depth = 0
  for part in string.gmatch(path, "[^/]+") do
    if part == ".." then depth = depth - 1 elseif part ~= "." then depth = depth + 1 end
    if depth < 0 then
      rehearsal.complain(string.format("%s: the path \"%s\" is relative to the release, and leads out of it", method,
        string.sub(path, 1, 120)), "write the whole path if that place is meant: \"/srv/app/file\"")
      return "/"
    end
  end
  return path
end

return operation
