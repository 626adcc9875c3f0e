-- What is wrong with the files read so far, and what deserves a look. Reading goes on after each, so that all are told at once.

local import = ...
local errors, phase, rehearsal = import "runtime/errors", import "runtime/phase", import "runtime/rehearsal"

local problems = { list = {}, warnings = {} }

--- A place: { file, line, field }. skip: files that are not to blame begin so.
function problems.here(skip)
  local file, line = where(skip)
  return { file = file, line = line }
end

--- The place of a field of the table that begins at a place; of a field's field, if that is a field's place already.
function problems.at_field(place, field)
  return { file = place.file, line = place.line, field = place.field and place.field .. "." .. field or field }
end

--- A record with the file and line of a place.
function problems.placed(record, place)
  if place then record.file, record.line = place.file, place.line end
  return record
end

--- Takes down what is wrong with a description and reads on; in the run phase and in a test it is raised.
--- place: nil for the line that runs. kind: "misnamed" for what is wrong whatever hosts answer, "invalid" if nil.
function problems.add(message, fix, place, kind)
  if phase.is "run" then
    if phase.rehearsing() then return rehearsal.mistake(kind or "invalid", message, fix, place) end
    return errors.usage(message, fix)
  end
  if phase.is "test" then return errors.usage(message, fix) end
  place = place or problems.here()
  problems.list[#problems.list + 1] = { message = message, fix = fix, file = place.file, line = place.line, field = place.field }
end

--- Takes down what is not wrong, but may not be what was meant.
function problems.warn(message, fix, place)
  problems.warnings[#problems.warnings + 1] = { message = message, fix = fix, file = place.file, line = place.line, field = place.field }
end

return problems
