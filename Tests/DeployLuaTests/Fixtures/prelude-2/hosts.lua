-- Hosts as hooks see them, and the engine's own machine. What waits here yields; what fails raises.

running_host_type, here_type = kind "host", kind "here"
local deployment_hosts, handles = {}, {}     -- facts by position; handles made when first needed

local function host_of(number)
  local handle = handles[number]
  if not handle then
    handle = proxy(running_host_type, number, deployment_hosts[number + 1])
    handles[number] = handle
  end
  return handle
end
handle_of = host_of

function earlier_of(number) return deployment_hosts[number + 1].earlier end
function know_hosts(list) deployment_hosts = list end
function number_of_hosts() return #deployment_hosts end

function number_of(subject, value)
  if type(value) == "userdata" then
    local _, made_with, number = payload(value)
    if made_with == running_host_type then return number end
  end
  return misuse(string.format("%s must be a host, got %s", subject, described(value)))
end

-- Operations ---------------------------------------------------------------------------------------------------------

secret_type = kind "secret"   -- made in flow.lua

local function text_pieces(subject, value)
  if value == void then return nil end
  if value == nil or type(value) == "string" then return value end
  if type(value) == "number" then return tostring(value) end
  local inside = is(value, secret_type)
  if inside then return inside end
  complain(string.format("%s must be a text or a secret, got %s", subject, described(value)))
end

local function last_lines(text)
  if not text or text == "" then return nil end
  local lines = {}
  for line in string.gmatch(text, "[^\n]+") do lines[#lines + 1] = line end
  return table.concat(lines, "\n", math.max(1, #lines - 4))
end

--- Asks for an operation: nil as number is the engine's machine. Returns failure, value, status, stdout, stderr, milliseconds.
local function operate(number, name, timeout, ...) return ask(name, number, timeout, ...) end
local most_bytes = 1048576 -- of a command
local longest_text = 8 << 20 -- bytes of any text

local function failed(number, failure, command, status, stderr)
  doubt()
  return raise { kind = failure.kind, message = failure.message, fix = failure.fix, command = command, status = status,
    host = number and deployment_hosts[number + 1].name or nil, stderr = last_lines(stderr) }
end

local function done(number, name, timeout, ...)
  local failure, value = operate(number, name, timeout, ...)
  if failure then return failed(number, failure) end
  return value
end

local function no_secret(method) return misuse(method .. ": a secret does not belong into a command: give it in env or as input") end
local function of_size(method, command, bytes)
  if bytes <= most_bytes then return command end
  return complain(string.format("%s takes a command of at most 1 MiB, got %d bytes", method, bytes),
    "write the text to a file with host:write, or give it as input")
end

--- The command, or `void` if it cannot be run.
local function command_of(method, command)
  if command == void then return void end
  if is(command, secret_type) then return no_secret(method) end
  if type(command) == "string" and command ~= "" then return of_size(method, command, #command) end
  if type(command) == "table" and #command > 0 then
    local bytes = 0
    for _, word_ in ipairs(command) do
      if word_ == void then return void end
      if is(word_, secret_type) then return no_secret(method) end
      if type(word_) ~= "string" then
        return complain(string.format("%s: words of a command are texts, got %s", method, described(word_)))
      end
      bytes = bytes + #word_ + 1
    end
    return of_size(method, command, bytes)
  end
  return complain(string.format("%s takes a command in quotes or a list of words, got %s", method, described(command)))
end

local function environment_of(method, env)
  local list = {}
  if env == nil then return list end
  for name, value in pairs(env) do
    if type(name) ~= "string" or not string.match(name, "^[%a_][%w_]*$") then
      complain(string.format("%s: %s is no name of a variable", method, described(name)))
    end
    list[#list + 1] = { name, text_pieces(method .. ": env." .. name, type(value) == "boolean" and tostring(value) or value) }
  end
  return list
end

local function line_of(command) return type(command) == "string" and command or table.concat(command, " ") end

local function run_once(number, command, options, environment, input, tolerant)
  local failure, _, status, stdout, stderr, took = operate(number, "run", options.timeout, command, environment, options.cwd, input,
    options.user, options.merge, options.on_lost)
  return new_result(failure, status, stdout, stderr, took, options.rehearse, tolerant)
end

--- Milliseconds of all pauses between so many attempts.
local function pauses(attempts, every, backoff)
  local sum = 0
  for _ = 2, math.min(attempts, 1000) do
    sum, every = sum + math.min(every, 8640000000), every * backoff
  end
  return math.floor(math.min(sum, 8640000000))
end

local function run_command(method, number, command, given, tolerant)
  command = command_of(method, command)
  local options = read_options("host:run", given)
  options.rehearse = options.rehearse and read_fields(method .. ": rehearse", "host:run.rehearse", options.rehearse)
  local retry_ = options.retry and read_fields("retry", "retry", options.retry) or {}
  local environment, input = environment_of(method, options.env), text_pieces(method .. ": input", options.input)
  local every, attempts = retry_.every or 1000, retry_.times or 1
  if command == void then return no_result() end
  repeats(attempts, pauses(attempts, every, retry_.backoff or 1))
  for attempt = 1, attempts do
    local failure, result = run_once(number, command, options, environment, input, tolerant)
    if not failure then return result end
    local fatal = failure.kind ~= "command" and failure.kind ~= "timeout"
    if fatal or attempt == attempts or rehearsing() then
      if tolerant and failure.kind == "command" then return result end
      return failed(number, failure, line_of(command), result.status, result.stderr)
    end
    ask("sleep", math.floor(every))
    every = every * (retry_.backoff or 1)
  end
end

local function path_of(method, path)
  if path == void then return "/" end
  if type(path) == "string" and path ~= "" and not string.find(path, "\0", 1, true) then return path end
  complain(string.format("%s takes a path in quotes, got %s", method, described(path)))
  return "/"
end

local function read_file(method, number, path, given)
  path = path_of(method, path)
  local options = read_options("host:read", given)
  if options.limit and options.limit > longest_text then
    return complain(string.format("%s: limit is at most 8 MB (%d), got %d", method, longest_text, options.limit),
      "bring larger files with host:download, or let the host look into them: host:run")
  end
  local failure, value = operate(number, "read", options.timeout, path, options.limit or 1048576)
  local known, answer = foretold(failure, value, options.rehearse, options.default)
  if known then return answer end
  if not failure then return value end
  if failure.kind == "missing" and options.default ~= nil then return options.default end
  return failed(number, failure)
end

-- One question, again and again --------------------------------------------------------------------------------------

local function question(given)
  local options, mistaken = read_options("host:wait_for", given)
  local kinds = (options.http and 1 or 0) + (options.port and 1 or 0) + (options.command and 1 or 0)
  if kinds ~= 1 then
    if not mistaken then misuse("host:wait_for takes exactly one of http, port and command") end
    return options, void
  end
  if options.http then return options, "http", options.http, options.http .. " to answer" end
  if options.port then return options, "port", options.port, "port " .. options.port .. " to answer" end
  return options, "command", options.command, "`" .. options.command .. "` to succeed"
end

local function seconds(milliseconds)
  return milliseconds % 1000 == 0 and string.format("%d s", milliseconds // 1000) or string.format("%.1f s", milliseconds / 1000)
end

local function wait_for(number, given)
  if type(given) ~= "table" then return misuse("host:wait_for takes a table: host:wait_for { http = \"http://localhost:8080/\" }") end
  local options, what, value, words = question(given)
  if what == void then return end
  local statuses = options.status
  if math.type(statuses) == "integer" then statuses = { statuses } end
  local timeout, every, spent, last, fix = options.timeout or 60000, math.max(options.every or 1000, 50), 0, nil, nil
  while true do
    -- A look gets a second at least, and one more for the client to say itself why it got no answer. A rehearsal asks once, for all of
    -- the time: one line of a plan, and its whole deadline.
    local limit = rehearsing() and timeout or math.max(1000, math.min(timeout - spent, 30000))
    local failure, answer, _, _, _, took = operate(number, "check", rehearsing() and limit or limit + 1000, what, value, statuses or {})
    if not failure and answer ~= false then return end
    if failure and failure.kind ~= "unhealthy" and failure.kind ~= "timeout" then return failed(number, failure) end
    -- The last answer says more than a look that the end of the waiting cut short.
    if not failure then last = "the answer was no"
    elseif failure.kind == "unhealthy" then last, fix = failure.message, failure.fix
    elseif not last then last = string.format("no answer within %s", seconds(limit)) end
    spent = spent + (took or 0)
    if spent + every >= timeout or rehearsing() then
      return failed(number, { kind = "unhealthy", fix = fix,
        message = string.format("waited %s for %s: %s", seconds(timeout), words, last) })
    end
    ask("sleep", every)
    spent = spent + every
  end
end

-- Methods ------------------------------------------------------------------------------------------------------------

local methods = {}
function methods.run(number, command, options) return run_command("host:run", number, command, options, false) end
function methods.try(number, command, options) return run_command("host:try", number, command, options, true) end
function methods.read(number, path, options) return read_file("host:read", number, path, options) end
function methods.exists(number, path, given)
  local options = read_options("host:exists", given)
  local failure, value = operate(number, "exists", options.timeout, path_of("host:exists", path))
  local known, answer = foretold(failure, value, options.rehearse)
  if known then return answer end
  if not failure then return value == true end
  return failed(number, failure)
end
function methods.write(number, path, text, given)
  local options = read_options("host:write", given)
  local content = text_pieces("host:write: text", text or "")
  if type(content) == "table" and options.mode and options.mode & 7 ~= 0 then
    usage(string.format("host:write: with mode %04o everybody on the host could read the secret in %s", options.mode, tostring(path)),
      'leave out mode (it is 0600 then), and name who needs it: owner = "user"')
  elseif type(content) == "table" and options.mode and options.mode & 56 ~= 0 then
    log.warn("host:write: with mode %04o a whole group can read the secret in %s", options.mode, tostring(path))
  end
  done(number, "write", options.timeout, path_of("host:write", path), content, options.mode, options.owner)
end
function methods.link(number, target, path) done(number, "link", nil, path_of("host:link", target), path_of("host:link", path)) end
function methods.upload(number, from, to, given)
  done(number, "upload", read_options("host:upload", given).timeout, path_of("host:upload", from), path_of("host:upload", to))
end
function methods.download(number, from, to, given)
  done(number, "download", read_options("host:download", given).timeout, path_of("host:download", from), path_of("host:download", to))
end
methods.wait_for = wait_for

local callable = {}
for name, method in pairs(methods) do
  callable[name] = framed(function(self, ...)
    local number = number_of("host:" .. name .. " (written with a colon)", self)
    if number == void then return void end
    return method(number, ...)
  end)
end

local fields = { "name", "address", "user", "port", "root", "tags", "vars", "facts", "number", "release_path", "previous", "transport" }
local host_fields = {}
for _, name in ipairs(fields) do host_fields[name] = true end

running_host_type.__index = function(self, key)
  local method = callable[key]
  if method then return method end
  local inside, _, number = payload(self)
  if key == "number" then return number end
  doubt_field(key)
  local value = inside[key]
  if value ~= nil or host_fields[key] then return value end
  return misnamed(string.format("a host has no %s", tostring(key)), key, added_names(fields, keys_of(methods)))
end
running_host_type.__tostring = function(self) return payload(self).name end

function added_names(one, other)
  local all = {}
  for _, name in ipairs(one) do all[#all + 1] = name end
  for _, name in ipairs(other) do all[#all + 1] = name end
  return all
end

-- The engine's own machine -------------------------------------------------------------------------------------------

local here_methods
here_methods = {
  run = function(_, command, options)
    if running "here:run" then return run_command("here:run", nil, command, options, false) end
    return void
  end,
  try = function(_, command, options)
    if running "here:try" then return run_command("here:try", nil, command, options, true) end
    return void
  end,
  read = function(_, path, options)
    if running "here:read" then return read_file("here:read", nil, path, options) end
    return void
  end,
}
for name, method in pairs(here_methods) do
  here_methods[name] = framed(function(self, ...)
    if self == here or phase ~= "run" then return method(self, ...) end
    return misuse(string.format("here:%s is written with a colon, got %s for here", name, described(self)))
  end)
end
here_type.__index = function(_, key)
  if here_methods[key] then return here_methods[key] end
  problem(string.format("here has no %s", tostring(key)), did_you_mean(key, keys_of(here_methods)), nil, "misnamed")
  return void
end
here = proxy(here_type, 0, nil)
