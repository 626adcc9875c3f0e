-- t: the object that a test gets. It deploys recipes to simulated hosts, and states what the test expects.

local import = ...
local boundary, errors, language = import "runtime/boundary", import "runtime/errors", import "runtime/language"
local near, tables, values = import "runtime/near", import "runtime/tables", import "runtime/values"
local problems, fields, types = import "runtime/problems", import "types/fields", import "types/types"
local encode = import "types/json_writer"
local expectation, played, verdict = import "spec/expectation", import "spec/played", import "spec/verdict"
local read_facts = import "spec/trial_facts"

local trial = {}
local kind, methods = values.kind "t", {}

language.object { name = "t", summary = "A test that runs.", fields = {} }

types.define("answers", "a list of tables { command = \"…\", … }", function(v)
  if type(v) ~= "table" then return false end
  for key, item in pairs(v) do if math.type(key) ~= "integer" or type(item) ~= "table" then return false end end
  return true, v
end)

language.word {
  name = "t:deploy", nature = "pure", phases = { "test" }, gives = "played", takes = "\"recipe\", { … }",
  summary = "Deploys a recipe to simulated hosts, on a virtual clock, and returns what happened.",
  example = "local run = t:deploy(\"web\", { hosts = 10, fails = { host1 = \"ValidateService\" } })",
  fields = {
    { "group", "name", "the group whose hosts are used", default = "the recipe's own" },
    { "task", "name", "a task of the recipe, which runs instead of a deployment" },
    { "hosts", "positive", "the number of simulated hosts. They are called host1, host2, …, and replace the group's hosts" },
    { "params", "record", "values of the recipe's parameters, by name" },
    { "fresh", "boolean", "whether the hosts are new. true: nothing was ever deployed to the hosts. false: the hosts run an earlier "
      .. "release of the recipe", default = "false" },
    { "unchanged", "strings", "hosts that already run the new release. The deployment does not change these hosts. A stage with once = "
      .. "\"revision\" has already run, and does not run again" },
    { "answers", "answers", "the answers of commands and checks: { command = \"a part of the command\", host = \"web1\", status = 1, "
      .. "stdout = \"…\", stderr = \"…\", takes = \"5s\", times = 1 }. The first answer that matches is used. The host \"here\" is the "
      .. "engine's machine. A command without an answer succeeds and prints nothing. If an answer is not used, the test fails, unless the "
      .. "answer has optional = true" },
    { "http", "answers", "the answers of servers: { url = \"https://api.example.com/*\", method = \"GET\", status = 503, body = \"…\", "
      .. "json = { … }, failure = \"no route\", location = \"…\", takes = \"5s\", times = 1 }. The first answer that matches is used. A "
      .. "request without an answer gets status 200 and an empty body" },
    { "files", "record", "files that every host has: their content, by absolute path" },
    { "facts", "record", "the values in host.facts. { memory_bytes = 1 << 30 } sets a fact of every host, and { web1 = { init = "
      .. "\"openrc\" } } sets a fact of one host. With the value false, the host does not report the fact", default = "Debian 12 with "
      .. "systemd on x86_64, 8 GiB" },
    { "fails", "record", "for each host that fails, the lifecycle event in which the new release fails. What fails is a command or a "
      .. "check of this event, or the engine's own step" },
    { "unreachable", "strings", "hosts that are unreachable from the beginning of the deployment" },
    { "gates", "record", "people's answers to gates, by the name of the gate. The answers are \"approve\", \"reject\", \"promote\" and "
      .. "\"silence\"",
      default = "\"approve\"" },
    { "cancel_after", "duration", "the time after which somebody cancels the deployment" },
    { "seed", "count", "the seed of the random durations and of math.random", default = "0" },
  },
}
-- Tests do not call this word. Its fields are described with t:deploy.
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

--- Reads each list of answers. The members are read by the fields of a word. asked: the word of the test, for messages.
local function read_all(list, word, label, asked)
  local result = {}
  for i, one in ipairs(list or {}) do result[i] = fields.read(label .. " " .. i .. " of " .. asked, word, one) end
  return result
end

--- Reads the answers of servers. JSON becomes the text of a body.
local function read_servers(list, asked)
  local result = read_all(list, "http of t:deploy", "answer of http", asked)
  for _, one in ipairs(result) do
    if one.json ~= nil then one.body, one.type, one.json = encode(one.json), one.type or "application/json", nil end
  end
  return result
end

local replies = { "approve", "reject", "promote", "silence" }

local function gates(given, asked)
  for name, reply in pairs(given or {}) do
    if not tables.set(replies)[reply] then
      problems.add(string.format("gate %q of %s cannot be answered with %s", name, asked, values.described(reply)),
        near.question(tostring(reply), replies) or "answers are " .. table.concat(replies, ", "))
    end
  end
  return given
end

--- Plays a deployment, and returns what happened. word: the word of the test. options: its options, which were read. more: further fields
--- of the question.
function trial.play(word, options, more)
  local answers, servers = read_all(options.answers, "answers of t:deploy", "answer", word), read_servers(options.http, word)
  local answer = boundary.ask(tables.merged({ op = "deploy", group = options.group,
    task = options.task, hosts = options.hosts, params = options.params,
    fresh = options.fresh, unchanged = options.unchanged, answers = answers, http = servers, facts = read_facts(options.facts, word),
    files = options.files, fails = options.fails, unreachable = options.unreachable, gates = gates(options.gates, word),
    cancel_after = options.cancel_after, seed = options.seed }, more))
  verdict.leave(answer.unused, answers, servers)
  answer.unused = nil
  return played(answer)
end

function methods.deploy(_, name, given)
  if type(name) ~= "string" then
    return errors.usage("t:deploy takes a recipe's name, got " .. values.described(name), "write t:deploy(\"web\", { … })")
  end
  return trial.play("t:deploy", fields.options("t:deploy", given), { recipe = name })
end

local of_deployments = {}
for _, field in ipairs(language.words["t:deploy"].fields) do
  if field[1] ~= "params" and field[1] ~= "task" then of_deployments[#of_deployments + 1] = field end
end
language.word {
  name = "t:strategy", nature = "pure", phases = { "test" }, gives = "played", takes = "\"strategy\", { its options }, { … }",
  summary = "Runs a strategy in a recipe that does nothing else, by default on 4 hosts. Returns what happened, as t:deploy does. The "
    .. "first argument is the name that strategy \"name\" declares, or the name of a module that returns the strategy. Options are plain "
    .. "values. If the strategy needs a function as an option, the spec has to declare a recipe that uses the strategy.",
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
  return trial.play("t:strategy", options, { recipe = "t:strategy", strategy = { name = name, options = plain } })
end

language.word {
  name = "t:expect", nature = "pure", phases = { "test" }, gives = "expectation", takes = "value",
  summary = "Begins an assertion about a value. If the assertion does not hold, the test fails.", example = "t:expect(run.status):equals "
    .. "\"succeeded\"",
}

function methods.expect(_, value) return expectation(value) end

for name, method in pairs(methods) do methods[name] = framed(method) end
kind.__index = function(_, key)
  if methods[key] then return methods[key] end
  return errors.usage(string.format("t has no %s", tostring(key)), near.question(key, tables.keys(methods), "t:%s"))
end

function trial.handle() return proxy(kind, 0, nil) end

return trial
