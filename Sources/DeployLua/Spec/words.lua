-- The words of tests that recipes do not have: describe, it and lab.

local import = ...
local errors, language, phase = import "runtime/errors", import "runtime/language", import "runtime/phase"
local problems, tables = import "runtime/problems", import "runtime/tables"
local void = import "runtime/void"
local lab, trial, verdict = import "spec/lab", import "spec/trial", import "spec/verdict"
local near, strategy = import "runtime/near", import "words/strategy"

--- chosen: the number of the only test to run, from 1. With 0 no test runs, and with nil all tests run.
local spec = { words = {}, chosen = nil }
local titles, tests, known = {}, {}, {}
local count = 0 -- tests so far

language.word {
  name = "describe", nature = "pure", phases = { "test" }, gives = "nothing", takes = "(\"title\", function() … end)",
  summary = "Groups tests under a title. Groups may be nested.",
  example = "describe(\"the rollout of web\", function()\n"
    .. "  it(\"starts with one host\", function(t) t:expect(t:deploy(\"web\").waves[1]):equals { \"web1\" } end)\nend)",
}
language.word {
  name = "it", nature = "pure", phases = { "test" }, gives = "nothing", takes = "(\"title\", function(t) … end)",
  summary = "Defines a test. The title is a sentence. The test fails if the function raises an error. Each test runs in its own Lua state.",
  example = "it(\"goes back when a host is bad\", function(t)\n"
    .. "  local run = t:deploy(\"web\", { fails = { web2 = \"ValidateService\" } })\n"
    .. "  t:expect(run.decisions):contains \"rollback\"\nend)",
}
language.word {
  name = "lab", nature = "pure", phases = { "test" }, gives = "nothing", takes = "(\"title\", function(lab) … end)",
  summary = "Defines a test that runs for real, on throwaway hosts on this machine. Only lander test --lab runs such a test.",
  example = "lab(\"serves the revision that it deployed\", function(lab)\n"
    .. "  lab:expect(lab:deploy(\"web\").status):equals \"succeeded\"\n"
    .. "  lab:expect(lab:run(\"web1\", \"cat srv/web/current/VERSION\").stdout):equals \"1.4\\n\"\nend)",
}

--- Returns whether a title and a function were given. If not, reports that.
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

--- Notes a test. is_lab: whether it actually deploys.
local function test(name, title, body, is_lab)
  count = count + 1
  -- A state that runs one test has read the others before, so their titles are known to be valid.
  if spec.chosen and spec.chosen ~= count and not phase.is "test" then return end
  if not is_titled(name, title, body, is_lab and "lab" or "t") then return end
  local place = problems.here()
  local full = table.concat(titles, "\n") .. "\n" .. title
  if known[full] then
    return problems.add(string.format("there are two tests %q", title), "the first one is on line " .. known[full], place)
  end
  known[full] = place.line
  tests[#tests + 1] = { groups = tables.copy(titles), title = title, body = body, place = place, lab = is_lab }
end

function spec.words.it(title, body) return test("it", title, body, false) end

function spec.words.lab(title, body) return test("lab", title, body, true) end

--- Returns the strategy that t:strategy names. Only the engine writes this word, in the recipe that plays the strategy.
spec.words["the strategy called"] = function(name)
  local found = strategy.defined[name]
  if found then return found end
  if tables.set(strategy.shipped)[name] then return strategy.require("recipes.strategies." .. name) end
  if string.find(name, ".", 1, true) then return strategy.require(name) end
  problems.add(string.format("there is no strategy %q", name),
    near.question(name, tables.joined(tables.keys(strategy.defined), strategy.shipped), "%q")
      or "name one that a file of this test declares, or the module that returns it")
  return void
end

for name, word in pairs(spec.words) do spec.words[name] = framed(word) end

--- Returns the tests to run, in their order: { groups, title, lab, file, line, number }. Their functions get the numbers after those of the
--- recipes.
function spec.data()
  local list = {}
  for i, test in ipairs(tests) do
    local function run()
      phase.enter "test"
      test.body((test.lab and lab or trial).handle())
      return verdict.settle()
    end
    list[i] = problems.placed({ groups = test.groups, title = test.title, lab = test.lab, number = register(run, test.title) }, test.place)
  end
  return list
end

return spec
