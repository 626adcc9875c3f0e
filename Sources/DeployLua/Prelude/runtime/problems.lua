-- The problems and warnings about the files that were read so far. The reading continues after each problem, so that all problems are
-- reported together.

local import = ...
local errors, phase, rehearsal = import "runtime/errors", import "runtime/phase", import "runtime/rehearsal"

local problems = { list = {}, warnings = {} }

--- Returns the place of the line that runs: { file, line, field }. skip: the beginning of paths whose files are not to blame.
function problems.here(skip)
  local file, line = where(skip)
  return { file = file, line = line }
end

--- Returns the place of a field of the table that begins at a place. If that place is already a field's, the result is a field of that
--- field.
function problems.at_field(place, field)
  return { file = place.file, line = place.line, field = place.field and place.field .. "." .. field or field }
end

--- Adds the file and the line of a place to a record.
function problems.placed(record, place)
  if place then record.file, record.line = place.file, place.line end
  return record
end

--- Notes a problem in a description, and lets the reading continue. In the run phase and in a test, raises the problem as an error. place:
--- the place, or nil for the line that runs. kind: "misnamed" if it is wrong no matter how the hosts answer, or nil for "invalid".
function problems.add(message, fix, place, kind)
  if phase.is "run" then
    if phase.rehearsing() then return rehearsal.mistake(kind or "invalid", message, fix, place) end
    return errors.usage(message, fix)
  end
  if phase.is "test" then return errors.usage(message, fix) end
  place = place or problems.here()
  problems.list[#problems.list + 1] = { message = message, fix = fix, file = place.file, line = place.line, field = place.field }
end

--- Notes that a word got more arguments than it takes. Lua itself would drop them without a message. count: the number of surplus
--- arguments.
function problems.surplus(word, count, form)
  if count > 0 then problems.add(word .. " takes one argument, and its table follows", "write " .. form) end
end

--- Notes the use of something deprecated in a description. In functions, the review of the sources finds it. instead: what to use, as it
--- was declared. place: the place of the table with the field, or nil for the line that runs.
function problems.deprecated(what, instead, place, field)
  if phase.is "run" or phase.is "test" then return end
  problems.warn(what .. " is deprecated", instead, problems.at_field(place or problems.here(), field))
end

--- Notes a warning about something that is not wrong, but is perhaps not what was meant.
function problems.warn(message, fix, place)
  problems.warnings[#problems.warnings + 1] = { message = message, fix = fix, file = place.file, line = place.line, field = place.field }
end

return problems
