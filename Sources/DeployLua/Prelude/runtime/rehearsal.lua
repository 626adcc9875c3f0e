-- What differs in a rehearsal, which reaches nothing real. Mistakes are noted, and the function continues. A function that depends on an
-- answer that only a real host can give is noted too.

local import = ...
local boundary, errors, near = import "runtime/boundary", import "runtime/errors", import "runtime/near"
local phase, tables, void = import "runtime/phase", import "runtime/tables", import "runtime/void"

local rehearsal = {}
local rehearsing = phase.rehearsing
local doubted = false -- whether the function has used an invented answer since it was started; after that, a failure proves nothing
local longest = 4096  -- the limit of each text of a note, in bytes

-- The fields that can have other values in another run of the same recipe.
local uncertain = {
  plan = { facts = true, previous = true, id = true, actor = true },
  check = { facts = true, previous = true, params = true, group = true, revision = true, release = true, actor = true, id = true },
}

--- Notes that a function is started. At this point, it has not used an invented answer.
function rehearsal.begin() doubted = false end

--- Notes that what follows might depend on an invented answer.
function rehearsal.doubt()
  if doubted or not rehearsing() then return end
  doubted = true
  boundary.note("doubt", {})
end

--- Notes a doubt if a field of this name might have another value the next time.
function rehearsal.doubt_field(key)
  if rehearsing() and uncertain[phase.rehearsal()][key] then rehearsal.doubt() end
end

local function cut(text) return text and string.sub(text, 1, longest) end

--- Notes a mistake. Returns the value that stands in for the value that could not be made.
function rehearsal.mistake(kind, message, fix, place)
  local file, line
  if place then file, line = place.file, place.line else file, line = where() end
  boundary.note("mistake", { kind = kind, message = cut(message), fix = cut(fix), file = file, line = line })
  return void
end

--- Reports a call that is wrong no matter how the hosts answer. In a rehearsal it is noted, and in a deployment it is raised as an error.
function rehearsal.misuse(message, fix)
  if rehearsing() then return rehearsal.mistake("misnamed", message, fix) end
  return errors.usage(message, fix)
end

--- Reports a value that cannot be used. In a rehearsal it is noted, and in a deployment it is raised as an error.
function rehearsal.complain(message, fix)
  if rehearsing() then return rehearsal.mistake("invalid", message, fix) end
  return errors.usage(message, fix)
end

--- Reports that something has no member of this name, with the names that exist.
function rehearsal.misnamed(message, key, names)
  local sorted = tables.copy(names)
  table.sort(sorted)
  local fix = near.question(key, names) or #sorted > 0 and "there are " .. table.concat(sorted, ", ") or "there is none at all"
  if rehearsing() then return rehearsal.mistake("misnamed", message, fix) end
  return raise { kind = "misnamed", message = message, fix = fix }
end

--- Notes, for the sum of deadlines, the largest number of times that the next operation is performed, and the milliseconds of the pauses in
--- between.
function rehearsal.repeats(times, pauses)
  if rehearsing() and times > 1 then boundary.note("repeats", { times = times, pauses = pauses }) end
end

--- Notes a part of the code that can run several times.
function rehearsal.loops(times)
  if not rehearsing() or times <= 1 then return end
  local file, line = where()
  boundary.note("loops", { times = times, file = file, line = line })
end

return rehearsal
