-- Attempts with pauses between them, for the option `retry` of commands and for the word `retry`.

local import = ...
local boundary, language, phase = import "runtime/boundary", import "runtime/language", import "runtime/phase"
local duration, fields = import "types/duration", import "types/fields"

local attempts = {}

language.word {
  name = "retry", nature = "pure", phases = { "run" }, takes = "{ … }, function",
  summary = "Calls a function, and calls it again if it raises an error, until it succeeds or the attempts are used up.",
  example = "retry({ times = 20, every = \"3s\" }, function() host:run \"bin/ready\" end)",
  fields = {
    { "times", "positive", "the largest number of attempts. If not given, it is 3 in a call of retry, and 1 in the option retry of a "
      .. "command" },
    { "every", "duration", "the time between two attempts", default = "\"1s\"" },
    { "backoff", "factor", "the factor by which the time between attempts grows after each attempt", default = "1" },
  },
}

--- Reads the number of attempts and their pauses from a table of options. times: the number of attempts if the table has none.
function attempts.read(given, times)
  local options = fields.read("retry", "retry", given)
  return { times = options.times or times, every = options.every or 1000, backoff = options.backoff or 1 }
end

--- Returns the milliseconds of all pauses, for at most a thousand attempts. Each pause is at most the longest duration.
function attempts.pauses(plan)
  local sum, every = 0, plan.every
  for _ = 2, math.min(plan.times, 1000) do
    sum, every = sum + math.min(every, duration.most), every * plan.backoff
  end
  return math.floor(math.min(sum, duration.most))
end

--- Calls once(attempt, is_last) until it returns something, and returns that. The last attempt must return something. In a rehearsal, the
--- first attempt is the last.
function attempts.make(plan, once)
  local every = plan.every
  for attempt = 1, plan.times do
    local done = once(attempt, attempt == plan.times or phase.rehearsing())
    if done then return done end
    boundary.pause(math.floor(math.min(every, duration.most)))
    every = every * plan.backoff
  end
end

return attempts
