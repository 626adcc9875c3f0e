-- What a spec has in reach beside the words of a recipe: describe and it.

local import = ...
local errors, language, phase = import "runtime/errors", import "runtime/language", import "runtime/phase"
local problems, tables = import "runtime/problems", import "runtime/tables"
local trial, verdict = import "spec/trial", import "spec/verdict"

local spec = { words = {} }
local titles, tests, known = {}, {}, {}

language.word {
  name = "describe", nature = "pure", phases = { "test" }, takes = "(\"title\", function() … end)",
  summary = "Says what the tests in its function are about; it may stand inside another one.",
  example = "describe(\"the rollout of web\", function() … end)",
}
language.word {
  name = "it", nature = "pure", phases = { "test" }, takes = "(\"title\", function(t) … end)",
  summary = "A test: its title is a sentence, its function fails by an error. Each runs in a Lua state of its own.",
  example = "it(\"stops at a bad host\", function(t) … end)",
}

--- Whether a title and a function were given; says what is wrong otherwise.
local function is_titled(name, title, body, argument)
  if phase.is "test" then return errors.usage(name .. " stands inside a test", "put the tests one after the other") end
  if type(title) == "string" and title ~= "" and type(body) == "function" then return true end
  problems.add(string.format("%s takes a title and a function", name),
    string.format("write %s(\"title\", function(%s) … end)", name, argument))
  return false
end

function spec.words.describe(title, body)
  if not is_titled("describe", title, body, "") then return end
  titles[#titles + 1] = title
  body()
  titles[#titles] = nil
end

function spec.words.it(title, body)
  if not is_titled("it", title, body, "t") then return end
  local place = problems.here()
  local full = table.concat(titles, "\n") .. "\n" .. title
  if known[full] then
    return problems.add(string.format("there are two tests %q", title), "the first one is on line " .. known[full], place)
  end
  known[full] = place.line
  tests[#tests + 1] = { groups = tables.copy(titles), title = title, body = body, place = place }
end

for name, word in pairs(spec.words) do spec.words[name] = framed(word) end

--- The tests in their order: { groups, title, file, line, number }. Their functions get the numbers after those of the recipes.
function spec.data()
  local list = {}
  for i, test in ipairs(tests) do
    local function run()
      phase.enter "test"
      test.body(trial.handle())
      return verdict.settle()
    end
    list[i] = problems.placed({ groups = test.groups, title = test.title, number = register(run, test.title) }, test.place)
  end
  return list
end

return spec
