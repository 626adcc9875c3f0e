-- What a test cannot pass with: a failure that something caught, a value of which nothing was said, a part of t:deploy without effect.

local import = ...
local problems, tables = import "runtime/problems", import "runtime/tables"

local verdict = {}
local failed         -- the first error of an expectation
local number, open = 0, {} -- values of which nothing was said so far: their place, by their number
local unused = {}    -- parts of t:deploy without effect, as errors; those of an answer with its key
local taken = {}     -- answers that some deployment of the test took, by their keys

--- An error of a test: it has its place already, because it may be raised once more where the test ends.
local function made(kind, message, fix)
  local place = problems.here()
  return { kind = kind, message = message, fix = fix, where = place.file .. ":" .. place.line }
end

--- Fails the test, also if something catches what is raised here.
function verdict.fail(kind, message, fix)
  local failure = made(kind, message, fix)
  failed = failed or tables.copy(failure)
  return raise(failure)
end

--- Calls what is expected to fail: an expectation that fails in it is no failure of the test.
function verdict.without(body)
  local before = failed
  local good, failure = pcall(body)
  failed = before
  return good, failure
end

--- Takes down a value of which something has to be said.
function verdict.open()
  number = number + 1
  open[number] = made("failed", "nothing is said of this value", "write what is expected: t:expect(value):equals(…)")
  return number
end

function verdict.said(value) open[value] = nil end

--- The tests of a spec share answers: one counts as taken if any deployment of the test took one for the same.
local function key(answer) return (answer.command or (answer.method or "") .. " " .. answer.url) .. "\n" .. (answer.host or "") end

--- parts: { message, fix, answer, reply } of each part of this t:deploy that had no effect; answer: its number in answers, reply: in
--- servers, nil for other parts.
function verdict.leave(parts, answers, servers)
  local left = {}
  for _, part in ipairs(parts) do
    local failure, answer = made("failed", part.message, part.fix), part.answer and answers[part.answer] or servers[part.reply or 0]
    if answer then left[answer] = true end
    unused[#unused + 1] = { failure = failure, key = answer and key(answer) }
  end
  for _, list in ipairs { answers, servers } do
    for _, answer in ipairs(list) do if not left[answer] then taken[key(answer)] = true end end
  end
end

local function first_unused()
  for _, part in ipairs(unused) do if not (part.key and taken[part.key]) then return part.failure end end
end

--- Ends a test whose function came to its end.
function verdict.settle()
  local failure = failed or open[tables.keys(open)[1]] or first_unused()
  if failure then return raise(failure) end
end

return verdict
