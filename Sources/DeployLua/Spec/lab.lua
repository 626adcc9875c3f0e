-- lab: the object that a test gets if it actually deploys. It deploys recipes to throwaway hosts, and runs commands on them.

local import = ...
local boundary, errors, language = import "runtime/boundary", import "runtime/errors", import "runtime/language"
local near, tables, values = import "runtime/near", import "runtime/tables", import "runtime/values"
local fields = import "types/fields"
local expectation, played, trial = import "spec/expectation", import "spec/played", import "spec/trial"

local lab = {}
local kind, methods = values.kind "lab", {}

language.object { name = "lab", summary = "A test that runs for real, on throwaway hosts on this machine.", fields = {} }

local own = {
  { "group", "name", "the group", default = "the recipe's own" },
  { "params", "record", "the recipe's parameters" },
  { "revision", "positive", "the revision: 1 is the recipe's own; 2, 3, … have one more file, with different content for each number",
    default = "1" },
  { "answers", "answers", "the answers of commands and checks that do not run here, as in t:deploy; takes has no effect. Every other "
    .. "command runs on this machine" },
  { "http", "answers", "the answers of servers, as in t:deploy; takes has no effect. A request without an answer is sent if it leads to "
    .. "this machine; otherwise it gets 200 and an empty body" },
  { "fails", "record", "for each host, the lifecycle event in which the new release fails: the command, the check or the engine's own step "
    .. "fails without running" },
  { "gates", "record", "the answers of people to gates, by the name of the gate: \"approve\", \"reject\", \"promote\" or \"silence\". "
    .. "Other gates are approved, or promoted after two seconds", default = "\"approve\"" },
}

language.word {
  name = "lab:deploy", nature = "effect", phases = { "test" }, gives = "played", takes = "\"recipe\", { … }",
  summary = "Deploys a recipe of deploy.lua for real, and returns what happened. The test fails if a host then shows that Lander broke a "
    .. "promise: a lock or a command is left, or a receipt is wrong.",
  example = "local run = lab:deploy(\"web\", { revision = 2, answers = { { command = \"bin/migrate\", optional = true } } })",
  fields = own,
}

--- Returns the name, or raises an error.
local function recipe(word, name)
  if type(name) == "string" then return name end
  return errors.usage(string.format("%s takes a recipe's name, got %s", word, values.described(name)),
    string.format("write %s(\"web\", { … })", word))
end

function methods.deploy(_, name, given)
  local options = fields.options("lab:deploy", given)
  return trial.play("lab:deploy", options, { op = "lab deploy", recipe = recipe("lab:deploy", name), revision = options.revision })
end

language.word {
  name = "lab:rollback", nature = "effect", phases = { "test" }, gives = "played", takes = "\"recipe\", { … }",
  summary = "Rolls the hosts of a recipe back to the good release before the one that they run, as lander rollback does, and returns what "
    .. "happened.",
  example = "lab:expect(lab:rollback(\"web\").status):equals \"succeeded\"",
  fields = { { "group", "name", "the group", default = "the recipe's own" } },
}

function methods.rollback(_, name, given)
  local options = fields.options("lab:rollback", given)
  return played(boundary.ask { op = "lab rollback", recipe = recipe("lab:rollback", name), group = options.group })
end

language.word {
  name = "lab:run", nature = "effect", phases = { "test" }, gives = "table", takes = "\"host\", \"command\", { … }",
  summary = "Runs a command line on a throwaway host, and returns { status, stdout, stderr }. It runs in the host's root folder, where the "
    .. "recipe's path /srv/web is srv/web.",
  example = "lab:expect(lab:run(\"web1\", \"cat srv/web/current/VERSION\").stdout):contains \"1.4\"",
  fields = { { "timeout", "time", "the longest time", default = "\"1m\"" } },
}

function methods.run(_, host, command, given)
  if type(host) ~= "string" or type(command) ~= "string" then
    return errors.usage("lab:run takes a host's name and a command line", "write lab:run(\"web1\", \"ls srv\")")
  end
  local options = fields.options("lab:run", given)
  return boundary.ask { op = "lab run", host = host, command = command, timeout = options.timeout }
end

language.word {
  name = "lab:expect", nature = "pure", phases = { "test" }, gives = "expectation", takes = "value",
  summary = "Begins an assertion about a value, as t:expect does.", example = "lab:expect(run.status):equals \"succeeded\"",
}

function methods.expect(_, value) return expectation(value) end

for name, method in pairs(methods) do methods[name] = framed(method) end
kind.__index = function(_, key)
  if methods[key] then return methods[key] end
  return errors.usage(string.format("a lab has no %s", tostring(key)), near.question(key, tables.keys(methods), "lab:%s"))
end

function lab.handle() return proxy(kind, 0, nil) end

return lab
