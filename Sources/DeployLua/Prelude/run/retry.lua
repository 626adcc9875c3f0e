-- retry({ times, every }, function(attempt) … end): calls a function until it raises no error.

local import = ...
local language, phases, rehearsal = import "runtime/language", import "runtime/phases", import "runtime/rehearsal"
local values, void, attempts = import "runtime/values", import "runtime/void", import "run/attempts"

language.meaning("retry", function(given, fn)
  if not phases.running "retry" then return void end
  local plan = attempts.read(given, 3)
  if type(fn) ~= "function" then return rehearsal.misuse("retry takes options and a function, got " .. values.described(fn)) end
  rehearsal.loops(plan.times)
  local results = attempts.make(plan, function(attempt, is_last)
    local result = table.pack(xpcall(fn, located, attempt))
    if result[1] then return result end
    if not is_last then return nil end
    result[2].attempts = attempt
    return raise(result[2])
  end)
  return table.unpack(results, 2, results.n)
end)
