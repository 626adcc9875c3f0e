-- t: the object that a test gets. It deploys recipes to simulated hosts, and states what the test expects.

local import = ...
local boundary, errors, language = import "runtime/boundary", import "runtime/errors", import "runtime/language"
local near, tables, values = import "runtime/near", import "runtime/tables", import "runtime/values"
local problems, fields, types = import "runtime/problems", import "types/fields", import "types/types"
local encode = import "types/json_writer"
local expectation, played, verdict = import "spec/expectation", import "spec/played", import "spec/verdict"

local trial = {}
local kind, methods = values.kind "t", {}

language.object { name = "t", summary = "A test that runs.", fields = {} }

types.define("answers", "a list of tables { command = \"…\", … }", function(v)
  if type(v) ~= "table" then return false end
  for key, item in pairs(v) do if math.type(key) ~= "integer" or type(item) ~= "table" then return false end end
  return true, v
end)

language.word {
  name = "t:deploy", nature = "pure", phases = { "test" }, takes = "\"recipe\", { … }",
  summary = "Deploys a recipe to hosts that do not exist, on a clock of its own, and gives what happened.",
  example = "local run = t:deploy(\"web\", { hosts = 10, fails = { host1 = \"ValidateService\" } })",
  fields = {
    { "group", "name", "the group", default = "the recipe's own" },
    { "task", "name", "a task of the recipe that is run in the place of a deployment" },
    { "hosts", "positive", "a number of hosts instead of the group's own: host1, host2, …" },
    { "params", "record", "the recipe's parameters" },
    { "fresh", "boolean", "true: nothing was ever deployed there; without it an earlier release of the recipe runs", default = "false" },
    { "answers", "answers", "what commands and checks answer, the first that fits: { command = \"a part of the line\", host = \"web1\", "
      .. "status = 1, stdout = \"…\", stderr = \"…\", takes = \"5s\", times = 1 }; the host \"here\" is the engine's machine. "
      .. "What fits none succeeds and says nothing; an answer that nothing took fails the test, unless it is optional = true" },
    { "http", "answers", "what servers answer, the first that fits: { url = \"https://api.example.com/*\", method = \"GET\", status = 503, "
      .. "body = \"…\", json = { … }, failure = \"no route\", location = \"…\", takes = \"5s\", times = 1 }; what fits none answers 200 "
      .. "and an empty body" },
    { "files", "record", "texts of files that every host has, by their absolute paths" },
    { "fails", "record", "the lifecycle event in which the new release fails, by host; a command, a check or the switch fails in it" },
    { "unreachable", "strings", "hosts that are out of reach from the moment it begins" },
    { "gates", "record", "what people answer to a gate, by its name: \"approve\", \"reject\", \"promote\" or \"silence\"",
      default = "\"approve\"" },
    { "cancel_after", "duration", "when somebody cancels it" },
    { "seed", "count", "of the durations and of math.random", default = "0" },
  },
}
-- This is no word that tests call; its fields are described with t:deploy.
language.words["answers of t:deploy"] = { fields = {
  { "command", "name", "a part of the command's line, of GET and the URL, or of port and its number", required = true },
  { "host", "name" }, { "status", "count" }, { "stdout", "string" }, { "stderr", "string" }, { "takes", "duration" },
  { "times", "positive" }, { "optional", "boolean" },
} }

language.words["http of t:deploy"] = { fields = {
  { "url", "name", "the URL, in which a star stands for any text", required = true }, { "method", "GET|POST" }, { "status", "positive" },
  { "body", "string" }, { "json", "any" }, { "type", "string" }, { "location", "url" }, { "failure", "name" }, { "takes", "duration" },
  { "times", "positive" }, { "optional", "boolean" },
} }

--- Reads each list of answers. The members are read by the fields of a word.
local function read_all(list, word, label)
  local result = {}
  for i, one in ipairs(list or {}) do result[i] = fields.read(label .. " " .. i .. " of t:deploy", word, one) end
  return result
end

--- Reads the answers of servers. JSON becomes the text of a body.
local function read_servers(list)
  local result = read_all(list, "http of t:deploy", "answer of http")
  for _, one in ipairs(result) do
    if one.json ~= nil then one.body, one.type, one.json = encode(one.json), one.type or "application/json", nil end
  end
  return result
end

local replies = { "approve", "reject", "promote", "silence" }

local function gates(given)
  for name, reply in pairs(given or {}) do
    if not tables.set(replies)[reply] then
      problems.add(string.format("gate %q of t:deploy cannot be answered with %s", name, values.described(reply)),
        near.question(tostring(reply), replies) or "answers are " .. table.concat(replies, ", "))
    end
  end
  return given
end

--- Plays a deployment, and returns what happened. word: the word that was called. options: its options, which were read. more: further
--- fields of the question.
local function play(word, options, more)
  local answers, servers = read_all(options.answers, "answers of t:deploy", "answer"), read_servers(options.http)
  local answer = boundary.ask(tables.merged({ op = "deploy", group = options.group,
    task = options.task, hosts = options.hosts, params = options.params,
    fresh = options.fresh, answers = answers, http = servers, files = options.files, fails = options.fails,
    unreachable = options.unreachable, gates = gates(options.gates), cancel_after = options.cancel_after, seed = options.seed }, more))
  verdict.leave(answer.unused, answers, servers)
  answer.unused = nil
  return played(answer)
end

function methods.deploy(_, name, given)
  if type(name) ~= "string" then
    return errors.usage("t:deploy takes a recipe's name, got " .. values.described(name), "write t:deploy(\"web\", { … })")
  end
  return play("t:deploy", fields.options("t:deploy", given), { recipe = name })
end

local of_deployments = {}
for _, field in ipairs(language.words["t:deploy"].fields) do
  if field[1] ~= "params" and field[1] ~= "task" then of_deployments[#of_deployments + 1] = field end
end
language.word {
  name = "t:strategy", nature = "pure", phases = { "test" }, takes = "\"strategy\", { its options }, { … }",
  summary = "Plays a strategy alone, on 4 hosts if it is not told otherwise, and gives what happened, as t:deploy does. It is found by the "
    .. "name that strategy \"name\" gave it, or by the module that returns it. Options are plain values; a strategy that takes a function "
    .. "belongs into a recipe of the spec.",
  example = "t:strategy(\"rolling\", { batch = 2 }, { hosts = 6 }):decides { \"wave 1\", \"wave 2\", \"wave 3\" }",
  fields = of_deployments,
}

function methods.strategy(_, name, own, given)
  if type(name) ~= "string" then
    return errors.usage("t:strategy takes a strategy's name, got " .. values.described(name),
      "write t:strategy(\"canary\", { first = 1 }, { hosts = 10 })")
  end
  local options = tables.copy(fields.options("t:strategy", given))
  local plain = types.read("options of t:strategy", types.named "record", own == nil and {} or own)
  if not options.hosts and not options.group then options.hosts = 4 end
  return play("t:strategy", options, { recipe = "t:strategy", strategy = { name = name, options = plain } })
end

language.word {
  name = "t:expect", nature = "pure", phases = { "test" }, takes = "value",
  summary = "What is said of a value; if it is not so, the test fails.", example = "t:expect(run.status):equals \"succeeded\"",
}

function methods.expect(_, value) return expectation(value) end

for name, method in pairs(methods) do methods[name] = framed(method) end
kind.__index = function(_, key)
  if methods[key] then return methods[key] end
  return errors.usage(string.format("t has no %s", tostring(key)), near.question(key, tables.keys(methods), "t:%s"))
end

function trial.handle() return proxy(kind, 0, nil) end

return trial
