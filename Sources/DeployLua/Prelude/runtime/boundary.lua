-- The only way out of a state is a question. It is a record with named fields, and so is its answer.

local boundary = {}

--- Asks the engine and waits for its answer. question: `op` and the fields of that operation, which `Ask` in Swift reads one by one. `from`
--- and `line` are added here, so that every question says which line asked it. Raises an error if the engine refuses the question.
function boundary.ask(question)
  question.from, question.line = where()
  local answer = ask(question)
  if answer.refused then return raise(answer.refused) end
  return answer
end

--- Waits for a number of milliseconds.
function boundary.pause(milliseconds) boundary.ask { op = "sleep", time = milliseconds } end

--- Sends a note to the engine without waiting. kind: a level of the log, or the kind of a rehearsal's finding. record: the note; for the
--- log, a text.
function boundary.note(kind, record) note(kind, record) end

return boundary
