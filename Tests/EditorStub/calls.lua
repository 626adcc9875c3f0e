-- Checks calls: how many values they give, whether each fits, and whether a method is called with its colon.

local fits, types = require "fits", require "types"

local calls = {}

--- A called expression as the source writes it: host:run, recipe.
function calls.shown(node)
  if node.tag == "Id" then return node[1] end
  if node.tag == "Index" and node[2].tag == "String" then return calls.shown(node[1]) .. "." .. node[2][1] end
  if node.tag == "Invoke" then return calls.shown(node[1]) .. ":" .. node[2][1] end
  if node.tag == "Call" or node.tag == "Paren" then return calls.shown(node[1]) end
  return "the value"
end

--- The type that a value certainly has by itself, or nil if it is unknown.
local function plainly(checker, node)
  if node.tag == "String" or node.tag == "Number" or node.tag == "True" or node.tag == "False" then return checker:expression(node) end
  if node.tag == "Table" then return { kind = "literal" } end
  if node.tag == "Function" then return types.name "function" end
  if node.tag == "Id" then return checker:identifier(node) end
end

--- Whether the last value can stand for several values, or for none.
local function is_open(given)
  local last = given[#given]
  return last ~= nil and (last.tag == "Call" or last.tag == "Invoke" or last.tag == "Dots")
end

local function required(fun)
  local count = 0
  for i, param in ipairs(fun.params) do if not param.optional then count = i end end
  return count
end

--- Whether a signature takes values of these kinds, as far as their kinds alone show it.
local function takes(checker, fun, given)
  local open = is_open(given)
  if not open and #given < required(fun) then return false end
  if not fun.rest and #given - (open and 1 or 0) > #fun.params then return false end
  for i, node in ipairs(given) do
    local param = fun.params[i]
    if param and not fits.value(checker.model, plainly(checker, node), param.type) then return false end
  end
  return true
end

--- Checks the values of a call against one signature.
local function compare(checker, fun, given, name, line)
  local open = is_open(given)
  local least = required(fun)
  if not open and #given < least then checker:report(line, "%s needs %s", name, fun.params[#given + 1].name) end
  local sure = #given - (open and 1 or 0)
  if not fun.rest and sure > #fun.params then
    checker:report(line, "%s takes %d value%s, got %d", name, #fun.params, #fun.params == 1 and "" or "s", #given)
  end
  for i, node in ipairs(given) do
    local param = fun.params[i]
    if not param then checker:expression(node) else
      local subject = (node.tag == "Table" or node.tag == "Function") and name or param.name .. " of " .. name
      checker:given(node, param.type, subject, param.optional)
    end
  end
  return fun.returns
end

--- Chooses a signature, and checks the values against it. Returns the types of the results, or nil if they are unknown.
local function check(checker, list, given, name, line)
  if not list then
    for _, node in ipairs(given) do checker:expression(node) end
    return nil
  end
  for _, fun in ipairs(list) do if takes(checker, fun, given) then return compare(checker, fun, given, name, line) end end
  return compare(checker, list[1], given, name, line)
end

local function invoke(checker, node)
  local value, key = checker:expression(node[1]), node[2][1]
  local name, given = calls.shown(node), table.move(node, 3, #node, 1, {})
  local member = checker:member(value, key, node[2].line, calls.shown(node[1]))
  local list = fits.calls(checker.model, member and member.type)
  if list and not member.is_method then
    checker:report(node[2].line, "%s is called with a dot: write %s.%s(…)", name, calls.shown(node[1]), key)
    list = nil
  end
  return check(checker, list, given, name, node[2].line)
end

--- Whether the first value is the object itself, as in host.run(host, "x").
local function gives_object(checker, given, owner)
  local first = given[1]
  if not first or first.tag == "Table" or first.tag == "Function" then return false end
  local value = first.tag ~= "Call" and first.tag ~= "Invoke" and checker:expression(first) or nil
  return fits.value(checker.model, value, owner)
end

--- Checks a call. Returns the types of its results, or nil if they are unknown.
function calls.check(checker, node)
  if node.tag == "Invoke" then return invoke(checker, node) end
  local callee, given = node[1], table.move(node, 2, #node, 1, {})
  local name, line = calls.shown(callee), callee.line
  local value, member, owner
  if callee.tag == "Index" then value, member, owner = checker:index(callee) else value = checker:expression(callee) end
  local list = fits.calls(checker.model, value)
  if list and member and member.is_method then
    if not gives_object(checker, given, owner) then
      checker:report(callee[2].line, "%s is called with a colon: write %s:%s(…)", name, calls.shown(callee[1]), callee[2][1])
      list = nil
    else
      checker:expression(given[1])
      table.remove(given, 1)
    end
  end
  return check(checker, list, given, name, callee.tag == "Index" and callee[2].line or line)
end

return calls
