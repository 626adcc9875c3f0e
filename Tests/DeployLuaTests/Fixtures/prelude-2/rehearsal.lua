-- What is different while nothing real is reached: mistakes are noted and the function plays on, and what hangs on an answer that
-- only a real host gives is known as such.

rehearsal = nil                -- "plan", "check" or "faults"; nil in a deployment
local doubted = false          -- whether such an answer was looked at; from there on a failure proves nothing

-- Values that another run of the same recipe may have otherwise.
local uncertain = {
  plan = { facts = true, previous = true, id = true, actor = true },
  check = { facts = true, previous = true, params = true, group = true, revision = true, release = true, actor = true, id = true },
}

--- Whether mistakes are noted instead of raised.
function rehearsing() return rehearsal == "plan" or rehearsal == "check" end

--- Says that what follows may hang on an answer that is made up.
function doubt()
  if doubted or not rehearsing() then return end
  doubted = true
  note("doubt", "")
end

--- The same, where a field of that name is read that may differ the next time.
function doubt_field(key)
  if rehearsing() and uncertain[rehearsal][key] then doubt() end
end

--- Notes a mistake. Returns what stands for the value that did not come of it.
function mistake(kind, message, fix, place)
  local file, line
  if place then file, line = place.file, place.line else file, line = where() end
  note("mistake", table.concat({ kind, file or "", line or 0, fix or "", message }, "\31"))
  return void
end

--- A call that is wrong whatever hosts answer: noted in a rehearsal, raised in a deployment.
function misuse(message, fix)
  if rehearsing() then return mistake("misnamed", message, fix) end
  return usage(message, fix)
end

--- A value that cannot be used. A rehearsal notes it and plays on.
function complain(message, fix)
  if rehearsing() then return mistake("invalid", message, fix) end
  return usage(message, fix)
end

--- How often the next operation may be made, and the milliseconds of pauses between: for the sum of deadlines.
function repeats(times, pauses)
  if rehearsing() and times > 1 then note("repeats", string.format("%d\31%d", times, pauses)) end
end

--- A stretch of code that may run several times.
function loops(times)
  if rehearsing() and times > 1 then
    local file, line = where()
    note("loops", table.concat({ file or "", line or 0, times }, "\31"))
  end
end

-- Results of commands ------------------------------------------------------------------------------------------------

local results = {}
function results.lines(self)
  local lines = {}
  for line in string.gmatch(self.stdout, "([^\n]*)\n?") do lines[#lines + 1] = line end
  if lines[#lines] == "" then lines[#lines] = nil end
  return lines
end
local function no_field(key)
  return misnamed(string.format("a result has no %s", tostring(key)), key, { "ok", "status", "stdout", "stderr", "duration", "lines" })
end
local result_meta = { __name = "result", __metatable = false, __index = function(_, key)
  if results[key] then return results[key] end
  return no_field(key)
end }

--- A result of which a rehearsal knows what it says itself; to look at the rest is to doubt.
local function guessed(known, rest)
  return setmetatable(known, { __name = "result", __metatable = false, __index = function(_, key)
    if results[key] then return results[key] end
    if rest[key] == nil then return no_field(key) end
    doubt()
    return rest[key]
  end })
end

--- What a command came to. answer: of the option `rehearse`, or nil. tolerant: whether another status than 0 is a result, too.
function new_result(failure, status, stdout, stderr, took, answer, tolerant)
  local good = { ok = failure == nil, status = status or -1 }
  local rest = { stdout = stdout or "", stderr = stderr or "", duration = (took or 0) / 1000 }
  if rehearsal and answer and not failure then
    good.status = answer.status or 0
    good.ok = good.status == 0
    good.stdout, good.stderr, good.duration = answer.stdout or "", answer.stderr or "", rest.duration
    if not good.ok then failure = { kind = "command", message = string.format("the command ended with status %d", good.status) } end
    return failure, setmetatable(good, result_meta)
  end
  if rehearsing() then
    if not tolerant then return failure, guessed(good, rest) end
    rest.ok, rest.status = good.ok, good.status
    return failure, guessed({}, rest)
  end
  for key, value in pairs(rest) do good[key] = value end
  return failure, setmetatable(good, result_meta)
end

--- What stands for the result of a command that could not be asked for.
function no_result() return setmetatable({ ok = true, status = 0, stdout = "", stderr = "", duration = 0 }, result_meta) end

--- The value of a question, of which a rehearsal knows only what `rehearse` or `default` says; whether it is known, and the value.
--- value: what the simulated host says, which has nothing but what the recipe wrote there.
function foretold(failure, value, answer, default)
  if rehearsal and not failure and answer ~= nil and (value == "" or value == false) then return true, answer end
  if not rehearsal or not failure or failure.kind ~= "invalid" then return false end
  if answer ~= nil then return true, answer end
  if default == nil or not rehearsing() then return false end
  doubt()
  return true, default
end
