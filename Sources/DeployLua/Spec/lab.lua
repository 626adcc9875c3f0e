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
  { "group", "name", "the group whose hosts are used", default = "the recipe's own" },
  { "params", "record", "values of the recipe's parameters, by name" },
  { "revision", "positive", "the number of the revision. Revision 1 has the recipe's own files. Revisions 2, 3, … have one more file, "
    .. "whose content depends on the number",
    default = "1" },
  { "answers", "answers", "the answers of commands and checks that the lab does not run, in the form of t:deploy. The field takes has no "
    .. "effect. Every other command runs on this machine" },
  { "http", "answers", "the answers of servers, in the form of t:deploy. The field takes has no effect. A request to this machine is sent "
    .. "if it has no answer. A request to another machine gets status 200 and an empty body if it has no answer" },
  { "fails", "record", "for each host that fails, the lifecycle event in which the new release fails. A command, a check or the engine's "
    .. "own step fails without running" },
  { "gates", "record", "people's answers to gates, by the name of the gate. The answers are \"approve\", \"reject\", \"promote\" and "
    .. "\"silence\". Gates that are not named are approved, or promoted after two seconds", default = "\"approve\"" },
}

language.word {
  name = "lab:deploy", nature = "effect", phases = { "test" }, gives = "played", takes = "\"recipe\", { … }",
  summary = "Deploys a recipe of deploy.lua for real, and returns what happened. Lander then examines the hosts. The test fails if a lock "
    .. "is left on a host, if a command still runs, or if a receipt is wrong.",
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
  summary = "Rolls back the hosts of a recipe to the last good release before the current release, as lander rollback does. Returns what "
    .. "happened.",
  example = "lab:expect(lab:rollback(\"web\").status):equals \"succeeded\"",
  fields = { { "group", "name", "the group whose hosts are used", default = "the recipe's own" } },
}

function methods.rollback(_, name, given)
  local options = fields.options("lab:rollback", given)
  return played(boundary.ask { op = "lab rollback", recipe = recipe("lab:rollback", name), group = options.group })
end

language.word {
  name = "lab:run", nature = "effect", phases = { "test" }, gives = "table", takes = "\"host\", \"command\", { … }",
  summary = "Runs a command line on a throwaway host, and returns { status, stdout, stderr }. The working folder stands for the root of "
    .. "the host: there, the path /srv/web of the recipe is srv/web.",
  example = "lab:expect(lab:run(\"web1\", \"cat srv/web/current/VERSION\").stdout):contains \"1.4\"",
  fields = { { "timeout", "time", "the longest time that the command may take", default = "\"1m\"" } },
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
