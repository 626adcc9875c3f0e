-- Words for the run phase: log, fail, retry, each, all, within, sleep, secret, quote.

local function log_text(format, ...)
  if type(format) ~= "string" then return tostring(format) end
  local values = table.pack(...)
  for i = 1, values.n do
    local inside = is(values[i], secret_type)
    if inside then values[i] = "<secret>" end
  end
  if values.n == 0 then return format end
  for i = 1, values.n do if values[i] == void then return format end end
  return string.format(format, table.unpack(values, 1, values.n))
end

local logs = {}
for _, level in ipairs { "debug", "info", "warn", "error" } do
  logs[level] = function(...)
    if not running("log." .. level) then return end
    local text = log_text(...)
    if not rehearsing() then note(level, text) end
  end
end
log = word("log", logs, logs.info)

function print(...)
  if not running "print" then return end
  local texts = table.pack(...)
  for i = 1, texts.n do texts[i] = is(texts[i], secret_type) and "<secret>" or tostring(texts[i]) end
  if not rehearsing() then note("info", table.concat(texts, "\t", 1, texts.n)) end
end

--- Ends the script with a sentence of the recipe's own.
function fail(format, ...)
  local text = log_text(format, ...)
  if #text > 65536 then text = string.sub(text, 1, 65536) .. string.format("… (%d bytes in all)", #text) end
  return raise { kind = "failed", message = text }
end

function sleep(time)
  if not running "sleep" then return end
  local milliseconds = duration(time)
  if time == void then return end
  if not milliseconds then return complain("sleep takes " .. types.duration.words .. ", got " .. described(time)) end
  ask("sleep", milliseconds)
end

--- Calls a function until it does not raise: retry({ times = 20, every = "3s" }, function(attempt) … end).
function retry(given, fn)
  if not running "retry" then return void end
  local options = read_fields("retry", "retry", given)
  if type(fn) ~= "function" then return misuse("retry takes options and a function, got " .. described(fn)) end
  local every, times = options.every or 1000, options.times or 3
  loops(times)
  for attempt = 1, times do
    local result = table.pack(xpcall(fn, located, attempt))
    if result[1] then return table.unpack(result, 2, result.n) end
    if attempt == times or rehearsing() then
      result[2].attempts = attempt
      return raise(result[2])
    end
    ask("sleep", math.floor(every))
    every = every * (options.backoff or 1)
  end
end

--- The very object that a child raised, if it is what the engine heard of: it may carry more than the engine's words.
local function own_error(raised, heard)
  if type(raised) == "table" and rawget(raised, "message") == heard.message then
    for key, value in pairs(heard) do
      if rawget(raised, key) == nil or key == "traceback" then rawset(raised, key, value) end
    end
    return raised
  end
  return setmetatable(heard, error_meta)
end

--- Starts functions as scripts of their own and waits for all of them.
local function together(name, functions, limit, keep_going)
  local most = math.max(10000, number_of_hosts())
  if #functions > most then
    return usage(string.format("%s starts at most %d functions at once, got %d", name, most, #functions), "give it the list in parts")
  end
  local origin, numbers, values, raised = trace(), {}, {}, {}
  for i, fn in ipairs(functions) do
    numbers[i] = register(function()
      local kept <close> = setmetatable({}, { __close = function(_, failure) raised[i] = failure end })
      values[i] = table.pack(fn())
    end, name, origin)
  end
  local failures, first = {}, nil
  if #numbers > 0 then
    for i, failure in ipairs(ask("spawn", numbers, limit or 0, keep_going)) do
      if failure then
        failures[i] = own_error(raised[i], failure)
        if not first or first.kind == "cancelled" and failure.kind ~= "cancelled" then first = failures[i] end
      end
    end
  end
  if first and not keep_going then return raise(first) end
  return values, failures
end

local function first_values(values, count)
  local list = {}
  for i = 1, count do list[i] = values[i] and values[i][1] end
  return list
end

--- each(list, function(item, index) … end, { limit = n, keep_going = true }): all at once; results in order, and errors by position.
function each(list, fn, given)
  if not running "each" then return void end
  local options = read_options("each", given)
  local items = is(list, set_type) or list
  if list == void then return {}, {} end
  if type(items) ~= "table" then
    complain("each takes a list or a set of hosts, got " .. described(list))
    return {}, {}
  end
  if type(fn) ~= "function" then return misuse("each takes a list and a function, got " .. described(fn)) end
  local functions = {}
  for i, item in ipairs(items) do functions[i] = function() return fn(item, i) end end
  local values, failures = together("each", functions, options.limit, options.keep_going)
  return first_values(values, #functions), failures
end

--- all { f, g, h }: different functions at once.
function all(functions, given)
  if not running "all" then return void end
  local options = read_options("all", given)
  if type(functions) ~= "table" then return misuse("all takes a list of functions, got " .. described(functions)) end
  for i, fn in ipairs(functions) do
    if type(fn) ~= "function" then return misuse(string.format("all takes functions, but number %d is %s", i, described(fn))) end
  end
  local values, failures = together("all", functions, options.limit, options.keep_going)
  return first_values(values, #functions), failures
end

--- within("5m", function() … end): a deadline over any number of steps.
function within(time, fn)
  if not running "within" then return void end
  local milliseconds = duration(time)
  if not milliseconds then
    if time ~= void then complain("within takes " .. types.duration.words .. ", got " .. described(time)) end
    milliseconds = 8640000000
  end
  if type(fn) ~= "function" then return misuse("within takes a duration and a function, got " .. described(fn)) end
  local values
  local number = register(function() values = table.pack(fn()) end, "within", trace())
  local failure = ask("within", milliseconds, number)[1]
  if failure then
    if failure.kind == "timeout" then doubt() end
    return raise(setmetatable(failure, error_meta))
  end
  return table.unpack(values or {}, 1, values and values.n or 0)
end

-- Secrets: handles, never their characters -----------------------------------------------------------------------------

local function new_secret(pieces) return proxy(secret_type, 0, pieces) end

local secrets = {}
--- secret.format("user:%s", secret "TOKEN"): a handle again.
function secrets.format(format, ...)
  if type(format) ~= "string" then usage("secret.format takes a text with %s in it, got " .. described(format)) end
  local values, pieces, used, literal = table.pack(...), {}, 0, ""
  local at = 1
  while at <= #format do
    local sign = string.find(format, "%", at, true)
    literal = literal .. string.sub(format, at, (sign or #format + 1) - 1)
    if not sign then break end
    local conversion = string.sub(format, sign + 1, sign + 1)
    at = sign + 2
    if conversion == "%" then literal = literal .. "%" elseif conversion == "s" then
      used = used + 1
      local inside = is(values[used], secret_type)
      if inside then
        pieces[#pieces + 1] = literal
        literal = ""
        for _, piece in ipairs(inside) do pieces[#pieces + 1] = piece end
      else
        literal = literal .. tostring(values[used])
      end
    else
      usage("secret.format knows %s and %% only")
    end
  end
  if literal ~= "" then pieces[#pieces + 1] = literal end
  return new_secret(pieces)
end

secret = word("secret", secrets, function(name)
  if type(name) ~= "string" or not string.match(name, "^[%a_][%w_%-%./]*$") then
    problem("secret takes a name in quotes, got " .. described(name))
    return void
  end
  return new_secret { { name = name } }
end)
secret_type.__index = function(self, key)
  if key == "bearer" then return function(me) return secrets.format("Bearer %s", me) end end
  problem(string.format("a secret has no %s", tostring(key)), "it has :bearer(), and goes into env, input and write as it is", nil,
    "misnamed")
  return void
end
local no_text = "a secret cannot become text; secret.format joins it with other text"
secret_type.__concat = function() return misuse(no_text) end
secret_type.__tostring = function()
  misuse(no_text)
  return "<secret>"
end

--- A text as one word for a shell.
function quote(value)
  if type(value) == "number" then value = tostring(value) end
  if type(value) ~= "string" then usage("quote takes a text, got " .. described(value)) end
  if string.find(value, "\0", 1, true) then usage("quote cannot take a text with a NUL in it") end
  if string.match(value, "^[%w_%-%./:@,+=]+$") then return value end
  return "'" .. string.gsub(value, "'", "'\\''") .. "'"
end
