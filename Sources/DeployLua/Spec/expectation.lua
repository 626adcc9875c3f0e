-- t:expect(value): states what a test expects of a value.

local import = ...
local language = import "runtime/language"
local near, tables, values = import "runtime/near", import "runtime/tables", import "runtime/values"
local difference, verdict = import "spec/difference", import "spec/verdict"

local kind, methods = values.kind "expectation", {}
language.object { name = "expectation", summary = "The object that t:expect returns.", fields = {} }

local function word(name, takes, summary, example, optional)
  language.word { name = "expectation:" .. name, nature = "pure", phases = { "test" }, gives = "nothing", takes = takes,
    optional = optional, summary = summary, example = example }
end
word("equals", "value", "Asserts that the value is equal to the given value. Tables are compared member by "
  .. "member.", "t:expect(run.waves[1]):equals { "
  .. "\"web1\" }")
word("differs", "value", "Asserts that the value is not equal to the given value.", "t:expect(run.status):differs \"failed\"")
word("contains", "part", "Asserts that a string contains the given text, or that a list contains the given "
  .. "item.", "t:expect(run.decisions):contains \"wave 1: 1 "
  .. "host\"")
word("lacks", "part", "Asserts that a string does not contain the given text, or that a list does not contain the given item. If an item "
  .. "of the list only contains the given text, the test fails and asks you to be more exact.",
  "t:expect(table.concat(run.log, \"\\n\")):lacks \"retry\"")
word("matches", "pattern", "Asserts that a string matches a Lua pattern.", "t:expect(run.status):matches \"^succe\"")
word("fails", "part", "Asserts that a function raises an error whose message contains the given text. Without a text, any error matches.",
  "t:expect(function() fail \"it needs a URL\" end):fails \"needs\"", { "part" })

--- Returns a value for the end of a sentence. A text with several lines is put below the sentence.
local function shown(value)
  if not difference.has_lines(value) then return difference.text(value) end
  local lines = {}
  for line in string.gmatch(value, "([^\n]*)\n?") do lines[#lines + 1] = "| " .. line end
  if lines[#lines] == "| " then lines[#lines] = nil end
  if #lines > 40 then lines = table.move({ "| …" }, 1, 1, 41, table.move(lines, 1, 40, 1, {})) end
  return "this text:\n" .. table.concat(lines, "\n")
end

local function fail(message, ...) return verdict.fail("failed", string.format(message, ...)) end
local function misuse(message, fix) return verdict.fail("invalid", message, fix) end

function methods.equals(value, wanted)
  local found = difference.between(wanted, value)
  if found then return fail("%s", found) end
end

function methods.differs(value, other)
  if not difference.between(other, value) then return fail("expected another value than %s", difference.text(other)) end
end

--- Returns whether a text contains a part, or a list contains an item.
local function has(name, value, part)
  if type(value) == "string" and type(part) == "string" then return string.find(value, part, 1, true) ~= nil end
  if type(value) ~= "table" then
    return misuse(string.format("%s looks into a string or a list, and this is %s", name, values.described(value)))
  end
  for _, item in ipairs(value) do if not difference.between(part, item) then return true end end
  return false
end

function methods.contains(value, part)
  if not has("contains", value, part) then return fail("expected %s in %s", difference.text(part), shown(value)) end
end

--- Returns whether a text contains a part that has no letter, digit, _ or - directly before or after it.
local function has_word(text, part)
  local first, last = 0, 0
  repeat
    first, last = string.find(text, part, first + 1, true)
    if not first then return false end
    local before, after = string.sub(text, first - 1, first - 1), string.sub(text, last + 1, last + 1)
  until not string.find(before, "[%w_-]") and not string.find(after, "[%w_-]")
  return true
end

function methods.lacks(value, part)
  if has("lacks", value, part) then return fail("expected no %s in %s", difference.text(part), shown(value)) end
  if type(value) ~= "table" or type(part) ~= "string" or part == "" then return end
  for _, item in ipairs(value) do
    if type(item) == "string" and has_word(item, part) then
      return fail("no item is %s, and %s has it: look into all of them with table.concat(list, \"\\n\"), or name the whole item",
        difference.text(part), difference.text(item))
    end
  end
end

function methods.matches(value, pattern)
  if type(value) ~= "string" or not string.find(value, pattern) then
    return fail("expected a string that matches %s, got %s", difference.text(pattern), shown(value))
  end
end

function methods.fails(value, part)
  if type(value) ~= "function" then return misuse("fails looks at a function: t:expect(function() … end):fails \"…\"") end
  local good, failure = verdict.without(value)
  if good then return fail("expected an error%s, and there was none", part and " with " .. difference.text(part) or "") end
  local message = tostring(failure)
  if type(failure) == "table" and failure.fix then message = message .. "\n" .. failure.fix end
  if part and not string.find(message, part, 1, true) then
    return fail("expected an error with %s, got %s", difference.text(part), shown(message))
  end
end

local callable = {}
for name, method in pairs(methods) do
  callable[name] = framed(function(self, ...)
    local box = values.is(self, kind)
    if not box then return misuse(string.format("%s is written with a colon: t:expect(value):%s(…)", name, name)) end
    verdict.said(box.number)
    return method(box.value, ...)
  end)
end
kind.__index = function(_, key)
  if callable[key] then return callable[key] end
  return misuse(string.format("an expectation has no %s", tostring(key)), near.question(key, tables.keys(methods), ":%s"))
end

return function(value) return proxy(kind, 0, { value = value, number = verdict.open() }) end
