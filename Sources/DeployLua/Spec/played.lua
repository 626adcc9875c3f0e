-- What t:deploy returns: the events of a deployment that was played.

local import = ...
local errors, language = import "runtime/errors", import "runtime/language"
local near, tables, values = import "runtime/near", import "runtime/tables", import "runtime/values"
local difference, verdict = import "spec/difference", import "spec/verdict"

local kind, methods = values.kind "played", {}
local object = language.object {
  name = "played", summary = "What happened in a deployment that a test ran.",
  fields = {
    { "status", "string", "succeeded, failed, cancelled, partial or refused" },
    { "exit", "integer", "the exit code that lander deploy would have" },
    { "decisions", "table", "the decisions, in order: \"stage upload\", \"wave 1: 2 hosts\", \"gate wait: pass\", \"shift blue 90 %, "
      .. "green 10 %\", \"stop\", \"rollback\"" },
    { "waves", "table", "the waves in order: for each wave, the list of the names of its hosts" },
    { "commands", "table", "the commands and checks, in the order in which they started: { host, event, command, user }. The host "
      .. "\"here\" is the engine's machine" },
    { "hosts", "table", "the hosts at the end: { status, release } by the name of the host. release is \"new\", \"earlier\" or nil" },
    { "gates", "table", "the gates that closed: a list of { name, kind, verdict, by, comment }" },
    { "log", "table", "the lines that the recipe logged" },
    { "failure", "string", "the reason why the deployment did not succeed, or nil if it succeeded" },
    { "took", "number", "the duration in seconds, on the virtual clock" },
    { "back", "table", "the rollback that followed, as an object with the fields of this table, or nil if there was no rollback" },
  },
}
local names, known = language.fields_of(object)

language.word {
  name = "played:ran", nature = "pure", phases = { "test" }, gives = "integer", optional = { "host" }, takes = "part, host",
  summary = "Returns the number of commands whose command line contains the given text, on the given host or on all hosts.",
  example = "t:expect(run:ran \"bin/migrate\"):equals(1)",
}

--- Raises an error if there was no such host. Otherwise, a test could pass just because nothing ran on it.
local function demand(inside, host)
  if host == "here" or inside.files[host] then return end
  return errors.usage(string.format("there was no host %q", tostring(host)), near.question(host, tables.keys(inside.files)))
end

function methods.ran(inside, part, host)
  if host ~= nil then demand(inside, host) end
  local count = 0
  for _, one in ipairs(inside.commands) do
    if string.find(one.command, tostring(part), 1, true) and (not host or one.host == host) then count = count + 1 end
  end
  return count
end

language.word {
  name = "played:file", nature = "pure", phases = { "test" }, gives = "string", takes = "host, path",
  summary = "Returns the final content of a file on a host, or nil if there is no such file.",
  example = "t:expect(run:file(\"host1\", \"/etc/port\")):equals(nil)",
}

function methods.file(inside, host, path)
  if inside.real then return errors.usage("the files of a lab's hosts are real", "read them: lab:run(\"web1\", \"cat srv/…\").stdout") end
  demand(inside, host)
  return (inside.files[host] or {})[path]
end

language.word {
  name = "played:decides", nature = "pure", phases = { "test" }, gives = "nothing", takes = "{ \"decision\", … }",
  summary = "Asserts the complete list of decisions, in order. You may leave out the end of a decision: \"wave 1\" matches \"wave 1: 2 "
    .. "hosts\". If the list names no stage, stages are not compared.",
  example = "t:strategy(\"canary\", { batch = \"100%\" }):decides { \"wave 1: 1 host\", \"gate wait\", \"wave 2\" }",
}

--- Returns whether a decision is the expected one, or begins with its words.
local function is_decision(decision, wanted)
  if string.sub(decision, 1, #wanted) ~= wanted then return false end
  return string.find(string.sub(decision, #wanted + 1), "^[%w]") == nil
end

function methods.decides(inside, wanted)
  if type(wanted) ~= "table" then
    return verdict.fail("invalid", "decides takes a list of decisions, got " .. values.described(wanted),
      "write run:decides { \"wave 1\", \"wave 2\" }")
  end
  local stages, decided = false, {}
  for _, one in ipairs(wanted) do stages = stages or string.find(tostring(one), "^stage ") ~= nil end
  for _, one in ipairs(inside.decisions) do
    if stages or not string.find(one, "^stage ") then decided[#decided + 1] = one end
  end
  for i = 1, math.max(#wanted, #decided) do
    local one, other = decided[i], wanted[i]
    if not one or not other or not is_decision(one, tostring(other)) then
      return verdict.fail("failed", string.format("decision %d: expected %s, got %s\nall that was decided: %s", i,
        other and difference.text(other) or "no more", one and difference.text(one) or "no more", difference.text(decided)))
    end
  end
end

local callable = {}
for name, method in pairs(methods) do
  callable[name] = framed(function(self, ...) return method(values.is(self, kind), ...) end)
end

kind.__index = function(self, key)
  if callable[key] then return callable[key] end
  if known[key] then return payload(self)[key] end
  return errors.usage(string.format("what was played has no %s", tostring(key)),
    near.question(key, tables.joined(names, tables.keys(methods))))
end

local function handle(answer)
  if answer.back then answer.back = handle(answer.back) end
  return proxy(kind, 0, answer)
end

return handle
