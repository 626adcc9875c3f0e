-- each, all and within: start functions as scripts of their own, which the engine runs at the same time.

local import = ...
local boundary, errors, language = import "runtime/boundary", import "runtime/errors", import "runtime/language"
local phases, rehearsal = import "runtime/phases", import "runtime/rehearsal"
local values, void = import "runtime/values", import "runtime/void"
local duration, fields, fleet, sets = import "types/duration", import "types/fields", import "run/fleet", import "run/sets"

local options = {
  { "limit", "positive", "the largest number of functions that run at the same time" },
  { "keep_going", "boolean", "whether the other functions "
    .. "continue if one fails" },
}
language.word {
  name = "each", nature = "pure", phases = { "run" }, gives = "table", takes = "list, function, { … }",
  summary = "Calls a function for each item of a list, for all items at the same time. Returns the results in the order of the list.",
  example = "each(deployment.targets, function(host) host:run \"bin/warm\" end, { limit = 10 })", fields = options,
}
language.word {
  name = "all", nature = "pure", phases = { "run" }, gives = "table", takes = "{ functions }, { … }",
  summary = "Calls several functions at the same time.",
  example = "all { function() host:run \"bin/warm\" end, function() here:run \"bin/announce\" end }", fields = options,
}
language.word {
  name = "within", nature = "pure", phases = { "run" }, takes = "duration, function",
  summary = "Runs a function. If the function takes longer than the duration, it is interrupted with an error.", errors = { "timeout" },
  example = "within(\"5m\", function() host:run \"bin/migrate\" end)",
}

--- Returns the error object that a child itself raised, if it is the error that the engine reported. It can have more fields than the
--- engine's copy.
local function own_error(raised, heard)
  if type(raised) == "table" and rawget(raised, "message") == heard.message then
    for key, value in pairs(heard) do
      if rawget(raised, key) == nil or key == "traceback" then rawset(raised, key, value) end
    end
    return raised
  end
  return setmetatable(heard, errors.meta)
end

--- Starts functions as scripts of their own, and waits until all have ended.
local function together(name, functions, given)
  local most = math.max(10000, fleet.count())
  if #functions > most then
    return errors.usage(string.format("%s starts at most %d functions at once, got %d", name, most, #functions),
      "give it the list in parts")
  end
  local origin, numbers, results, raised = trace(), {}, {}, {}
  for i, fn in ipairs(functions) do
    numbers[i] = register(function()
      local kept <close> = setmetatable({}, { __close = function(_, failure) raised[i] = failure end })
      results[i] = table.pack(fn())
    end, name, origin)
  end
  local failures, first = {}, nil
  if #numbers > 0 then
    local answer = boundary.ask { op = "spawn", functions = numbers, limit = given.limit, keep_going = given.keep_going }
    for i, failure in ipairs(answer.results) do
      if failure then
        failures[i] = own_error(raised[i], failure)
        if not first or first.kind == "cancelled" and failure.kind ~= "cancelled" then first = failures[i] end
      end
    end
  end
  if first and not given.keep_going then return raise(first) end
  local list = {}
  for i = 1, #functions do list[i] = results[i] and results[i][1] end
  return list, failures
end

--- each: returns the results in order, and the errors by position.
language.meaning("each", function(list, fn, given)
  if not phases.running "each" then return void end
  local chosen = fields.options("each", given)
  local items = sets.list(list) or list
  if list == void then return {}, {} end
  if type(items) ~= "table" then
    rehearsal.complain("each takes a list or a set of hosts, got " .. values.described(list))
    return {}, {}
  end
  if type(fn) ~= "function" then return rehearsal.misuse("each takes a list and a function, got " .. values.described(fn)) end
  local functions = {}
  for i, item in ipairs(items) do functions[i] = function() return fn(item, i) end end
  return together("each", functions, chosen)
end)

language.meaning("all", function(functions, given)
  if not phases.running "all" then return void end
  local chosen = fields.options("all", given)
  if type(functions) ~= "table" then
    return rehearsal.misuse("all takes a list of functions, got " .. values.described(functions))
  end
  for i, fn in ipairs(functions) do
    if type(fn) ~= "function" then
      return rehearsal.misuse(string.format("all takes functions, but number %d is %s", i, values.described(fn)))
    end
  end
  return together("all", functions, chosen)
end)

language.meaning("within", function(time, fn)
  if not phases.running "within" then return void end
  local milliseconds = duration.milliseconds(time)
  if not milliseconds then
    if time ~= void then rehearsal.complain("within takes " .. duration.expected(time) .. ", got " .. values.described(time)) end
    milliseconds = duration.most
  end
  if type(fn) ~= "function" then
    return rehearsal.misuse("within takes a duration and a function, got " .. values.described(fn))
  end
  local results
  local number = register(function() results = table.pack(fn()) end, "within", trace())
  local failure = boundary.ask({ op = "within", time = milliseconds, ["function"] = number }).results[1]
  if failure then
    if failure.kind == "timeout" then rehearsal.doubt() end
    return raise(setmetatable(failure, errors.meta))
  end
  return table.unpack(results or {}, 1, results and results.n or 0)
end)
