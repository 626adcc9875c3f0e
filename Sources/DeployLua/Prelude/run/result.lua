-- The result of a command or a question, and what a rehearsal knows about it.

local import = ...
local errors, language = import "runtime/errors", import "runtime/language"
local phase, rehearsal = import "runtime/phase", import "runtime/rehearsal"

local result = {}

local object = language.object {
  name = "result", summary = "The result of a command.",
  fields = {
    { "ok", "boolean", "whether the exit status is 0" }, { "status", "integer", "the exit status, or -1 if there is none" },
    { "stdout", "string", "the standard output. If it was cut, reading this field raises an error" },
    { "stderr", "string", "the standard error. If it was cut, reading this field raises an error" },
    { "cut", "boolean", "whether a stream was cut, because it was longer than 256 KiB" },
    { "duration", "number", "the duration of the command in seconds" },
    { "lines", "function", "result:lines() returns the standard output as a list of lines" },
  },
}
local names = language.fields_of(object)

-- A text whose middle is left out must not be taken for the whole text.
local function too_long(key)
  return errors.usage(string.format("the command wrote more than the 256 KiB of its %s that a recipe gets; the log has all of it", key),
    "make the command print less (grep, tail, wc), or write its output to a file and read that file with host:read and a limit")
end

local methods = {}
function methods.lines(self)
  local lines = {}
  for line in string.gmatch(self.stdout, "([^\n]*)\n?") do lines[#lines + 1] = line end
  if lines[#lines] == "" then lines[#lines] = nil end
  return lines
end

local function no_field(key) return rehearsal.misnamed(string.format("a result has no %s", tostring(key)), key, names) end

local meta = { __name = "result", __metatable = false, __index = function(self, key)
  if methods[key] then return methods[key] end
  if (key == "stdout" or key == "stderr") and rawget(self, "cut") then return too_long(key) end
  return no_field(key)
end }

--- Makes a result for a rehearsal. known: the fields that the rehearsal knows. rest: the other fields. Reading one of them is noted as a
--- doubt.
local function guessed(known, rest)
  return setmetatable(known, { __name = "result", __metatable = false, __index = function(_, key)
    if methods[key] then return methods[key] end
    if rest[key] == nil then return no_field(key) end
    rehearsal.doubt()
    return rest[key]
  end })
end

--- Returns the failure of a command, or nil, and its result. answer: the engine's answer. given: the option `rehearse`, or nil. tolerant:
--- whether an exit status other than 0 is a result and not a failure.
function result.of(answer, given, tolerant)
  local failure = answer.failure
  local good = { ok = failure == nil, status = answer.status or -1 }
  local stdout, stderr, seconds = answer.stdout or "", answer.stderr or "", (answer.took or 0) / 1000
  if given and phase.rehearsal() and not failure then
    good.status = given.status or 0
    good.ok = good.status == 0
    good.stdout, good.stderr, good.cut, good.duration = given.stdout or "", given.stderr or "", false, seconds
    if not good.ok then failure = { kind = "command", message = string.format("the command ended with status %d", good.status) } end
    return failure, setmetatable(good, meta)
  end
  if phase.rehearsing() then
    if not tolerant then return failure, guessed(good, { stdout = stdout, stderr = stderr, cut = false, duration = seconds }) end
    return failure,
      guessed({}, { ok = good.ok, status = good.status, stdout = stdout, stderr = stderr, cut = false, duration = seconds })
  end
  if not answer.stdout_cut then good.stdout = stdout end
  if not answer.stderr_cut then good.stderr = stderr end
  good.cut, good.duration = answer.stdout_cut or answer.stderr_cut or false, seconds
  return failure, setmetatable(good, meta)
end

--- Returns the result that stands for a command that could not be run because of a mistake.
function result.none() return setmetatable({ ok = true, status = 0, stdout = "", stderr = "", cut = false, duration = 0 }, meta) end

--- Returns whether a rehearsal knows the value of a question, and the value. given: the option `rehearse`. default: the value for a file
--- that does not exist. A simulated host has only the files that the recipe wrote.
function result.foretold(answer, given, default)
  if not phase.rehearsal() then return false end
  local failure, value = answer.failure, answer.value
  if not failure then return given ~= nil and (value == "" or value == false), given end
  if failure.kind ~= "invalid" then return false end
  if given ~= nil then return true, given end
  if default == nil or not phase.rehearsing() then return false end
  rehearsal.doubt()
  return true, default
end

return result
