-- Checks a Lua source against the stub: walks its statements, and knows about each variable what its value shows.

local annotations, calls, fits, types = require "annotations", require "calls", require "fits", require "types"

local checker = {}
checker.__index = checker

local operators = { concat = "string", len = "integer", ["not"] = "boolean", eq = "boolean", ne = "boolean", lt = "boolean",
  gt = "boolean", le = "boolean", ge = "boolean" }

function checker:report(line, message, ...)
  local text = string.format("%d: " .. message, line, ...)
  if not self.seen[text] then
    self.seen[text] = true
    self.found[#self.found + 1] = { line = line, text = text }
  end
end

--- Opens a scope, runs a function in it, and closes it.
function checker:within(body)
  local outer = self.scope
  self.scope = setmetatable({}, { __index = outer })
  body()
  self.scope = outer
end

--- Declares a variable. Nothing is known about a variable that changes somewhere in the source.
function checker:declare(node, type_)
  local name = node[1]
  self.scope[name] = { type = not self.changing[name] and type_ or nil }
end

-- Expressions --------------------------------------------------------------------------------------------------------

--- Walks a function. wanted: the type that says which arguments it gets, or nil if that is unknown. block: its annotations, or nil if it
--- has none.
function checker:fun(node, wanted, block, owner)
  self:within(function()
    local skipped = 0
    for i, param in ipairs(node[1]) do
      local said = block and block.params[param[1]]
      if param.implicit then
        skipped = 1
        self:declare(param, owner)
      elseif param.tag == "Id" then
        self:declare(param, said and said.type or fits.argument(wanted, i - skipped))
      end
    end
    self:block(node[2])
  end)
  return annotations.fun(node, block or { params = {}, returns = {} }, node[1][1] and node[1][1].implicit)
end

--- Walks the members of a table that the source writes, and compares them with what is wanted.
function checker:table(node, wanted, subject)
  local is_list = false
  for _, item in ipairs(node) do is_list = is_list or item.tag ~= "Pair" end
  local shape, given = fits.shape(self.model, wanted, is_list) or {}, {}
  local class = shape.class
  for _, item in ipairs(node) do
    if item.tag ~= "Pair" then
      local own = shape.item or class and class.item
      if class and not own then self:report(item.line, "%s takes named fields only", subject) end
      self:given(item, own, "a member of " .. subject)
    else
      local key, name = item[1], item[1].tag == "String" and item[1][1]
      if not name then self:expression(key) end
      local field = class and name and class.fields[name]
      if name then given[name] = true end
      if class and name and not field then self:report(item.line, "%s has no field \"%s\"", subject, name) end
      if field and field.deprecated then self:report(item.line, "%s of %s is deprecated", name, subject) end
      self:given(item[2], field and field.type or shape.value or not class and shape.item or nil,
        name and name .. " of " .. subject or "a member of " .. subject, not field or field.optional)
    end
  end
  for name, field in pairs(class and class.fields or {}) do
    if not field.optional and not given[name] and not field.is_method then self:report(node.line, "%s needs %s", subject, name) end
  end
  return { kind = "literal" }
end

--- Walks a value that is given to something, and reports it if it does not fit. takes_nil: whether the value can be left out.
function checker:given(node, wanted, subject, takes_nil)
  if node.tag == "Nil" then
    if wanted and not takes_nil and not fits.takes_nil(wanted) then
      self:report(node.line, "%s takes %s, got nil", subject, types.shown(wanted))
    end
    return types.name "nil"
  end
  local value = self:expression(node, wanted, subject)
  if wanted and not fits.value(self.model, value, wanted) then
    self:report(node.line, "%s takes %s, got %s", subject, types.shown(wanted), types.shown(value))
  end
  return value
end

function checker:identifier(node)
  local name = node[1]
  local own = self.scope[name]
  if own then return own.type end
  local global = self.model.globals[name]
  if not global and not self.globals[name] then self:report(node.line, "there is no global \"%s\"", name) end
  if global and global.deprecated then self:report(node.line, "%s is deprecated", name) end
  return global and not self.globals[name] and global.type or nil
end

--- Returns the member of a value as { type, is_method }, and reports one that does not exist. shown: the value, for messages.
function checker:member(value, key, line, shown)
  local found, lacks = fits.member(self.model, value, key)
  if lacks and not self.own[key] then
    local kind = types.shown(value)
    if string.find(kind, "^the table ") then self:report(line, "%s has no member \"%s\"", shown, key) else
      self:report(line, "%s, of type %s, has no member \"%s\"", shown, kind, key)
    end
  end
  if found and found.deprecated then self:report(line, "%s of %s is deprecated", key, shown) end
  return found
end

function checker:index(node)
  local value, key = self:expression(node[1]), node[2]
  if key.tag == "String" then
    local found = self:member(value, key[1], key.line, calls.shown(node[1]))
    return found and found.type, found, value
  end
  self:expression(key)
  return fits.item(self.model, value)
end

function checker:operation(node)
  local first, second = self:expression(node[2]), node[3] and self:expression(node[3])
  if node[1] == "or" and first and second and types.shown(first) == types.shown(second) then return first end
  return operators[node[1]] and types.name(operators[node[1]]) or nil
end

--- Walks an expression. Returns its type, or nil if it is unknown. If the expression is a call, the second result is the list of all types.
function checker:expression(node, wanted, subject)
  local tag = node.tag
  if tag == "Id" then return self:identifier(node) end
  if tag == "Index" then return (self:index(node)) end
  if tag == "String" then return { kind = "text", text = node[1] } end
  if tag == "Number" then return types.name(string.find(node[1], "^0[xX]") and "integer" or string.find(node[1], "[%.eE]") and "number"
    or "integer") end
  if tag == "True" or tag == "False" then return types.name "boolean" end
  if tag == "Function" then return self:fun(node, wanted) end
  if tag == "Table" then return self:table(node, wanted, subject or "the table") end
  if tag == "Op" then return self:operation(node) end
  if tag == "Paren" then return (self:expression(node[1], wanted, subject)) end
  if tag == "Call" or tag == "Invoke" then
    local results = calls.check(self, node)
    return results and results[1], results
  end
end

-- Statements ---------------------------------------------------------------------------------------------------------

function checker:locals(node, block)
  local list, results = {}, nil
  for i, value in ipairs(node[2] or {}) do
    local wanted = i == 1 and block and block.type or nil
    if value.tag == "Function" then list[i] = self:fun(value, wanted, i == 1 and block or nil) else
      list[i], results = self:expression(value, wanted)
    end
  end
  for i, name in ipairs(node[1]) do
    local last = #(node[2] or {})
    local more = i > last and results and results[i - last + 1] or nil
    self:declare(name, i == 1 and block and block.type or list[i] or more)
  end
end

function checker:set(node, block)
  for i, target in ipairs(node[1]) do
    local owner
    if target.tag == "Index" then
      owner = self:expression(target[1])
      if target[2].tag ~= "String" then self:expression(target[2]) end
    end
    local value = node[2][i]
    if value and value.tag == "Function" then self:fun(value, nil, block, owner) elseif value then self:expression(value) end
  end
end

--- Returns the types of the variables of a loop: of ipairs, pairs, or a function that gives one value after the other.
function checker:loop(node)
  local first = node[2][1]
  local name = first.tag == "Call" and first[1].tag == "Id" and not self.scope[first[1][1]] and first[1][1]
  if (name == "ipairs" or name == "pairs") and first[2] then
    local list = self:expression(first[2])
    return { name == "ipairs" and types.name "integer" or nil, name == "ipairs" and fits.item(self.model, list) or nil }
  end
  local found
  for i, one in ipairs(node[2]) do
    local value = self:expression(one)
    if i == 1 then found = fits.calls(self.model, value) end
  end
  return found and #found == 1 and found[1].returns or {}
end

local statements = {}

function statements.Local(self, node, block) self:locals(node, block) end
function statements.Set(self, node, block) self:set(node, block) end
function statements.Do(self, node) self:within(function() self:block(node) end) end

function statements.Localrec(self, node, block)
  self:declare(node[1][1], annotations.fun(node[2][1] or node[2], block or { params = {}, returns = {} }, false))
  self:fun(node[2][1] or node[2], nil, block)
end

function statements.While(self, node)
  self:expression(node[1])
  self:within(function() self:block(node[2]) end)
end

function statements.Repeat(self, node)
  self:within(function()
    self:block(node[1])
    self:expression(node[2])
  end)
end

function statements.If(self, node)
  for i = 1, #node - 1, 2 do
    self:expression(node[i])
    self:within(function() self:block(node[i + 1]) end)
  end
  if #node % 2 == 1 then self:within(function() self:block(node[#node]) end) end
end

function statements.Fornum(self, node)
  for i = 2, #node - 1 do self:expression(node[i]) end
  self:within(function()
    self:declare(node[1], nil)
    self:block(node[#node])
  end)
end

function statements.Forin(self, node)
  local list = self:loop(node)
  self:within(function()
    for i, name in ipairs(node[1]) do self:declare(name, list[i]) end
    self:block(node[3])
  end)
end

function statements.Return(self, node, block)
  for _, value in ipairs(node) do
    if value.tag == "Function" then self:fun(value, nil, block) else self:expression(value) end
  end
end

function checker:block(nodes)
  for _, node in ipairs(nodes) do
    local known = statements[node.tag]
    if known then known(self, node, self.blocks[node.line]) elseif node.tag == "Call" or node.tag == "Invoke" then self:expression(node) end
  end
end

--- Collects the variables and members that the source changes somewhere, by their names.
local function changes(node, changing, own)
  if node.tag == "Set" or node.tag == "OpSet" then
    for _, target in ipairs(node[1]) do
      if target.tag == "Id" then changing[target[1]] = true elseif target[2].tag == "String" then own[target[2][1]] = true end
    end
  end
  for _, inner in ipairs(node) do if type(inner) == "table" then changes(inner, changing, own) end end
end

--- Checks a source. model: what the stub declares. Returns what is found, in order of the lines: each { line, text }.
function checker.check(model, text)
  local source, wrong = annotations.read(text)
  if not source then return { { line = 1, text = wrong } } end
  local self = setmetatable({ found = {}, seen = {}, scope = {}, blocks = source.blocks, changing = {}, own = {}, globals = {} }, checker)
  self.model = { classes = setmetatable(source.classes, { __index = model.classes }), globals = model.globals }
  changes(source.tree, self.changing, self.own)
  for name in pairs(self.changing) do self.globals[name] = true end
  self:within(function() self:block(source.tree) end)
  table.sort(self.found, function(a, b) return a.line < b.line end)
  return self.found
end

return checker
