-- Sets of hosts: what a deployment's targets are, and what strategies take their waves from.

set_type = kind "hosts"

local sets = {}
function new_set(list) return proxy(set_type, 0, list) end

function numbers_of(subject, value)
  local list = is(value, set_type) or type(value) == "table" and value or { value }
  local numbers = {}
  for _, item in ipairs(list) do
    local number = item == void and void or number_of(subject, item)
    if number ~= void then numbers[#numbers + 1] = number end
  end
  return numbers
end

local function slice(list, from, to)
  local part = {}
  for i = from, math.min(to, #list) do part[#part + 1] = list[i] end
  return new_set(part)
end

local function counted(method, size, list)
  local count = share(size, #list)
  if not count then usage(string.format("%s takes a count or a share such as \"25%%\", got %s", method, described(size))) end
  return count
end

local function own(method, self)
  local list = is(self, set_type)
  if list or not rehearsing() then return list or usage(method .. " is written with a colon") end
  misuse(method .. " is written with a colon")
  return {}
end

function sets.first(self)
  local list = own("hosts:first", self)
  if not list[1] then usage("there is no host in the set, so there is no first one") end
  return list[1]
end
function sets.take(self, size)
  local list = own("hosts:take", self)
  return slice(list, 1, counted("hosts:take", size, list))
end
function sets.split(self, size)
  local list = own("hosts:split", self)
  local count = counted("hosts:split", size, list)
  return slice(list, 1, count), slice(list, count + 1, #list)
end
function sets.batches(self, size)
  local list = own("hosts:batches", self)
  local count, at = counted("hosts:batches", size, list), 1
  if count < 1 and #list > 0 then
    complain("hosts:batches takes a count from 1, or a share above 0%, got " .. described(size))
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
  if type(wanted) == "table" then
    for _, one in ipairs(wanted) do if value == one then return true end end
    return false
  end
  return value == wanted
end
function sets.where(self, tags)
  local part = {}
  if type(tags) ~= "table" then usage("hosts:where takes tags: targets:where { zone = \"b\" }") end
  for _, item in ipairs(own("hosts:where", self)) do
    local fits = true
    for name, wanted in pairs(tags) do fits = fits and matches((payload(item).tags or {})[name], wanted) end
    if fits then part[#part + 1] = item end
  end
  return new_set(part)
end
function sets.map(self, fn)
  local result = {}
  for i, item in ipairs(own("hosts:map", self)) do result[i] = fn(item) end
  return result
end
function sets.except(self, others)
  local gone, part = {}, {}
  for _, number in ipairs(numbers_of("hosts:except", others)) do gone[number] = true end
  for _, item in ipairs(own("hosts:except", self)) do
    if not gone[number_of("a member", item)] then part[#part + 1] = item end
  end
  return new_set(part)
end

for name, method in pairs(sets) do sets[name] = framed(method) end
set_type.__len = function(self) return #payload(self) end
set_type.__index = function(self, key)
  if math.type(key) == "integer" then return payload(self)[key] end
  if sets[key] then return sets[key] end
  return misnamed(string.format("a set of hosts has no %s", tostring(key)), key, keys_of(sets))
end
set_type.__tostring = function(self)
  local names = {}
  for i, item in ipairs(payload(self)) do
    if i > 5 then names[i] = "…"; break end
    names[i] = tostring(item)
  end
  return table.concat(names, ", ")
end
