-- Sets of hosts: the targets of a deployment, from which strategies take their waves.

local import = ...
local errors, language, rehearsal = import "runtime/errors", import "runtime/language", import "runtime/rehearsal"
local tables, values, void = import "runtime/tables", import "runtime/values", import "runtime/void"
local amount, fields, fleet = import "types/amount", import "types/fields", import "run/fleet"
local shapes = import "run/shapes"

local sets = { kind = values.kind "hosts" }

language.object { name = "hosts", summary = "An ordered set of hosts. The expressions #hosts, hosts[1] and ipairs(hosts) work as with a "
  .. "list.", fields = {} }

local methods = {}

local gives = { first = "host", take = "hosts", split = { "hosts", "hosts" }, where = "hosts", except = "hosts", twins = "hosts",
  map = "table", batches = "function" }
local function declare(name, takes, summary, example, known)
  language.word { name = "hosts:" .. name, nature = "pure", phases = { "run" }, gives = gives[name], takes = takes, summary = summary,
    example = example, fields = known }
end

--- Makes a set of handles.
function sets.new(list) return proxy(sets.kind, 0, list) end

--- Makes a set of hosts by their numbers. plugin: the plugin whose grants the handles carry, or nil if the handles are allowed to do
--- everything.
function sets.of(numbers, plugin)
  local list = {}
  for i, number in ipairs(numbers) do list[i] = fleet.handle(number, plugin) end
  return sets.new(list)
end

--- Returns the list of handles in a set, or nil if the value is not a set.
function sets.list(value) return values.is(value, sets.kind) end

--- Returns the numbers of the hosts in a set or a list, or of one host.
function sets.numbers(subject, value)
  local list = sets.list(value) or type(value) == "table" and value or { value }
  local numbers = {}
  for _, item in ipairs(list) do
    local number = item == void and void or fleet.number(subject, item)
    if number ~= void then numbers[#numbers + 1] = number end
  end
  return numbers
end

--- Returns the numbers of the hosts about which a strategy decides. A partner among them is a mistake, because a partner is not a host of
--- the rollout.
function sets.targets(subject, value)
  local numbers = {}
  for _, number in ipairs(sets.numbers(subject, value)) do
    if fleet.facts(number).partner then
      rehearsal.misuse(string.format("%s: %s is a partner, and only targets are changed and watched", subject, fleet.name(number)),
        "ask it in a hook, a stage or a check: deployment:partner(\"" .. fleet.name(number) .. "\"):run \"…\"")
    else
      numbers[#numbers + 1] = number
    end
  end
  return numbers
end

local function slice(list, from, to)
  local part = {}
  for i = from, math.min(to, #list) do part[#part + 1] = list[i] end
  return sets.new(part)
end

local function counted(method, size, list)
  local count = amount.of(size, #list)
  if not count then
    errors.usage(string.format("%s takes a count or a share such as \"25%%\", got %s", method, values.described(size)))
  end
  return count
end

local function own(method, self)
  local list = sets.list(self)
  if list then return list end
  if rehearsal.misuse(method .. " is written with a colon") == void then return {} end
end

declare("first", "", "Returns the first host. If the set is empty, the call raises an error.", "deployment.targets:first():run "
  .. "\"bin/migrate\"")
function methods.first(self)
  local list = own("hosts:first", self)
  if not list[1] then errors.usage("there is no host in the set, so there is no first one") end
  return list[1]
end

declare("take", "amount", "Returns the set of as many of the first hosts as amount says.", "rollout:wave(rollout.targets:take \"10%\")")
function methods.take(self, size)
  local list = own("hosts:take", self)
  return slice(list, 1, counted("hosts:take", size, list))
end

declare("split", "amount, { … }", "Returns two sets: as many of the first hosts as amount says, and all other hosts.",
  "local canary, rest = rollout.targets:split(3, { spread = \"zone\" })", {
  { "spread", "name", "the name of a tag, such as zone. The call takes one host of each value of the tag in turn" },
  { "except", "chosen", "hosts that the call always puts into the second set" },
})
function methods.split(self, size, given)
  local list, options = own("hosts:split", self), fields.options("hosts:split", given)
  local count = counted("hosts:split", size, list)
  if not given then return slice(list, 1, count), slice(list, count + 1, #list) end
  local except = options.except and sets.numbers("hosts:split", options.except) or {}
  local first, others = shapes.split(list, count, options.spread, tables.set(except))
  return sets.new(first), sets.new(others)
end

declare("batches", "amount, { … }", "Splits the set into batches, and returns an iterator over them for a loop.",
  "for batch in rollout.targets:batches(\"25%\", { alone = \"rack\" }) do rollout:wave(batch) end", {
  { "spread", "name", "the name of a tag, such as zone. The call takes one host of each value of the tag in turn" },
  { "apart", "name", "the name of a tag, such as pair. No batch has two hosts with the same value of the tag" },
  { "alone", "name", "the name of a tag, such as rack. All hosts of a batch have the same value of the tag" },
})
function methods.batches(self, size, given)
  local list = own("hosts:batches", self)
  if given then
    local options = fields.options("hosts:batches", given)
    return shapes.batches(list, math.max(1, counted("hosts:batches", size, list)), options, sets.new)
  end
  local count, at = counted("hosts:batches", size, list), 1
  if count < 1 and #list > 0 then
    rehearsal.complain("hosts:batches takes a count from 1, or a share above 0%, got " .. values.described(size))
    count = 1
  end
  return function()
    if at > #list then return nil end
    local part = slice(list, at, at + count - 1)
    at = at + count
    return part
  end
end

local function matches(value, wanted)
  if type(wanted) ~= "table" then return value == wanted end
  for _, one in ipairs(wanted) do if value == one then return true end end
  return false
end

declare("where", "{ tag = value }", "Returns the hosts whose tags have the given values. If a list of values is given for a tag, each "
  .. "value of the list matches.",
  "rollout:wave(rollout.targets:where { zone = \"b\" })")
function methods.where(self, tags)
  local part = {}
  if type(tags) ~= "table" then errors.usage("hosts:where takes tags: targets:where { zone = \"b\" }") end
  for _, item in ipairs(own("hosts:where", self)) do
    local fits = true
    for name, wanted in pairs(tags) do fits = fits and matches((payload(item).tags or {})[name], wanted) end
    if fits then part[#part + 1] = item end
  end
  return sets.new(part)
end

declare("map", "function", "Calls a function for each host, and returns a list of the results.",
  "local names = deployment.targets:map(function(host) return host.name end)")
function methods.map(self, fn)
  local result = {}
  for i, item in ipairs(own("hosts:map", self)) do result[i] = fn(item) end
  return result
end

declare("except", "hosts", "Returns the set without the given hosts.", "rollout:wave(rollout.targets:except(rollout.targets:first()))")
function methods.except(self, others)
  local gone, part = tables.set(sets.numbers("hosts:except", others)), {}
  for _, item in ipairs(own("hosts:except", self)) do
    if not gone[fleet.number("a member", item)] then part[#part + 1] = item end
  end
  return sets.new(part)
end

declare("twins", "hosts, { … }",
  "Returns a twin for each of the given hosts. A twin is another host of the set, whose tags are as similar as possible.",
  "local twins = rollout.targets:twins(rollout.targets:take(1), { by = \"zone\" })", {
  { "by", "name", "the name of a tag, such as zone. A host and its twin must have the same value of the tag" },
})
function methods.twins(self, hosts, given)
  local list, options = own("hosts:twins", self), fields.options("hosts:twins", given)
  local numbers = sets.numbers("hosts:twins", hosts)
  local gone, of, others = tables.set(numbers), {}, {}
  for _, item in ipairs(sets.list(hosts) or type(hosts) == "table" and hosts or { hosts }) do
    if item ~= void then of[#of + 1] = item end
  end
  for _, item in ipairs(list) do if not gone[fleet.number("a member", item)] then others[#others + 1] = item end end
  return sets.new(shapes.twins(of, others, options.by))
end

for name, method in pairs(methods) do methods[name] = framed(method) end
sets.kind.__len = function(self) return #payload(self) end
sets.kind.__index = function(self, key)
  if math.type(key) == "integer" then return payload(self)[key] end
  if methods[key] then return methods[key] end
  return rehearsal.misnamed(string.format("a set of hosts has no %s", tostring(key)), key, tables.keys(methods))
end
sets.kind.__tostring = function(self)
  local names = {}
  for i, item in ipairs(payload(self)) do
    if i > 5 then names[i] = "…"; break end
    names[i] = tostring(item)
  end
  return table.concat(names, ", ")
end

return sets
