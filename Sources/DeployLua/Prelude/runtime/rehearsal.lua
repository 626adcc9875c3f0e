-- What is different while nothing real is reached: mistakes are noted and the function plays on, and what depends on an answer that
-- only a real host gives is known as such.

local import = ...
local boundary, errors, near = import "runtime/boundary", import "runtime/errors", import "runtime/near"
local phase, tables, void = import "runtime/phase", import "runtime/tables", import "runtime/void"

local rehearsal = {}
local rehearsing = phase.rehearsing
local doubted = false -- whether such an answer was looked at since a function was started; from there on a failure proves nothing
local longest = 4096  -- bytes of each text of a note

-- Values that another run of the same recipe may have otherwise.
local uncertain = {
  plan = { facts = true, previous = true, id = true, actor = true },
  check = { facts = true, previous = true, params = true, group = true, revision = true, release = true, actor = true, id = true },
}

--- A function is started: whether it looks at such an answer itself is known only if it says so.
function rehearsal.begin() doubted = false end

--- Says that what follows may depend on an answer that is made up.
function rehearsal.doubt()
  if doubted or not rehearsing() then return end
  doubted = true
  boundary.note("doubt", {})
end

--- The same, if a field of that name may differ the next time.
function rehearsal.doubt_field(key)
  if rehearsing() and uncertain[phase.rehearsal()][key] then rehearsal.doubt() end
end

local function cut(text) return text and string.sub(text, 1, longest) end

--- Notes a mistake. Returns what stands for the value that did not come of it.
function rehearsal.mistake(kind, message, fix, place)
  local file, line
  if place then file, line = place.file, place.line else file, line = where() end
  boundary.note("mistake", { kind = kind, message = cut(message), fix = cut(fix), file = file, line = line })
  return void
end

--- A call that is wrong whatever hosts answer: noted in a rehearsal, raised in a deployment.
function rehearsal.misuse(message, fix)
  if rehearsing() then return rehearsal.mistake("misnamed", message, fix) end
  return errors.usage(message, fix)
end

--- A value that cannot be used. A rehearsal notes it and plays on.
function rehearsal.complain(message, fix)
  if rehearsing() then return rehearsal.mistake("invalid", message, fix) end
  return errors.usage(message, fix)
end

--- Says that something has nothing of that name, with the names that there are.
function rehearsal.misnamed(message, key, names)
  local sorted = tables.copy(names)
  table.sort(sorted)
  local fix = near.question(key, names) or #sorted > 0 and "there are " .. table.concat(sorted, ", ") or "there is none at all"
  if rehearsing() then return rehearsal.mistake("misnamed", message, fix) end
  return raise { kind = "misnamed", message = message, fix = fix }
end

--- How often the next operation may be made, and the milliseconds of pauses between: for the sum of deadlines.
function rehearsal.repeats(times, pauses)
  if rehearsing() and times > 1 then boundary.note("repeats", { times = times, pauses = pauses }) end
end

--- A stretch of code that may run several times.
function rehearsal.loops(times)
  if not rehearsing() or times <= 1 then return end
  local file, line = where()
  boundary.note("loops", { times = times, file = file, line = line })
end

return rehearsal
