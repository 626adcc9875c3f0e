-- The one way out of a state: a question is a record with named fields, and so is its answer.

local boundary = {}

--- Asks the engine and waits for its answer. question: `op` and the fields of that operation, which `Ask` in Swift reads one by one;
--- `from` and `line` are added here, so that no word can leave out whose question it is. Raises what the engine refuses to take.
function boundary.ask(question)
  question.from, question.line = where()
  local answer = ask(question)
  if answer.refused then return raise(answer.refused) end
  return answer
end

--- Waits for a number of milliseconds.
function boundary.pause(milliseconds) boundary.ask { op = "sleep", time = milliseconds } end

--- Tells the engine something without waiting. kind: a level of the log, or what a rehearsal found. record: a text for the log.
function boundary.note(kind, record) note(kind, record) end

return boundary
