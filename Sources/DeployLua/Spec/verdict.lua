-- Reasons why a test does not pass: a failure that the test itself caught, a value about which it expects nothing, or a part of t:deploy
-- without effect.

local import = ...
local problems, tables = import "runtime/problems", import "runtime/tables"

local verdict = {}
local failed         -- the first error of an expectation
local number, open = 0, {} -- values about which nothing was expected so far: their places, by their numbers
local unused = {}    -- parts of t:deploy without effect, as errors; for an answer with its key
local taken = {}     -- answers that a deployment of the test used, by their keys

--- Makes an error of a test. It already has its place, because it might be raised again at the end of the test.
local function made(kind, message, fix)
  local place = problems.here()
  return { kind = kind, message = message, fix = fix, where = place.file .. ":" .. place.line }
end

--- Makes the test fail, even if something catches the error that is raised here.
function verdict.fail(kind, message, fix)
  local failure = made(kind, message, fix)
  failed = failed or tables.copy(failure)
  return raise(failure)
end

--- Calls a function that is expected to fail. An expectation that fails in it does not make the test fail.
function verdict.without(body)
  local before = failed
  local good, failure = pcall(body)
  failed = before
  return good, failure
end

--- Notes a value about which the test must expect something.
function verdict.open()
  number = number + 1
  open[number] = made("failed", "nothing is said of this value", "write what is expected: t:expect(value):equals(…)")
  return number
end

function verdict.said(value) open[value] = nil end

--- Returns the key of an answer. Two answers with the same key count as one. It counts as used if at least one deployment of the test used
--- it.
local function key(answer) return (answer.command or (answer.method or "") .. " " .. answer.url) .. "\n" .. (answer.host or "") end

--- Notes the parts without effect. parts: { message, fix, answer, reply } for each part of this t:deploy that had no effect. answer: its
--- index in answers. reply: its index in servers. Both are nil for other parts.
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

--- Ends a test whose function has returned.
function verdict.settle()
  local failure = failed or open[tables.keys(open)[1]] or first_unused()
  if failure then return raise(failure) end
end

return verdict
