-- Reads the stub as a language server does: its classes, and the globals that it declares. If a local of the same name is in scope, a name
-- stands for that local, so it declares nothing.

local annotations, types = require "annotations", require "types"

local stub = {}

--- What Lua itself has. The members of its libraries are known, their types are not.
local lua = {
  "assert", "error", "getmetatable", "ipairs", "load", "next", "pairs", "pcall", "print", "rawequal", "rawget", "rawlen", "rawset",
  "require", "select", "setmetatable", "tonumber", "tostring", "type", "xpcall", "_VERSION",
}
local libraries = {
  string = "byte char dump find format gmatch gsub len lower match pack packsize rep reverse sub unpack upper",
  table = "concat insert move pack remove sort unpack", utf8 = "char charpattern codepoint codes len offset",
  coroutine = "close create isyieldable resume running status wrap yield",
  math = "abs acos asin atan ceil cos deg exp floor fmod huge log max maxinteger min mininteger modf pi rad random randomseed sin sqrt "
    .. "tan tointeger type ult",
}

local function standard(model)
  for _, name in ipairs(lua) do model.globals[name] = { type = types.any } end
  for name, members in pairs(libraries) do
    local class = { name = name .. "lib", fields = {}, calls = {} }
    for member in string.gmatch(members, "%w+") do class.fields[member] = { type = types.any } end
    model.classes[class.name] = class
    model.globals[name] = { type = types.name(class.name) }
  end
end

--- Returns the class of the variable at the beginning of a chain, of which only names are known: `lander.host` of `host.x`.
local function owner(model, scope, node)
  if node.tag == "Id" then
    local found = scope[node[1]] or model.globals[node[1]]
    return found and found.type.kind == "name" and model.classes[found.type.name]
  end
  local outer = node.tag == "Index" and node[2].tag == "String" and owner(model, scope, node[1])
  local field = outer and outer.fields[node[2][1]]
  return field and field.type.kind == "name" and model.classes[field.type.name]
end

--- Returns what a declaration says about the value that it declares.
local function declared(model, name, value, block, is_method)
  if block and block.class then return { type = types.name(block.class.name), deprecated = block.deprecated } end
  if value and value.tag == "Function" then
    local fun = annotations.fun(value, block or { params = {}, returns = {} }, is_method)
    local list = { fun }
    for _, one in ipairs(block and block.overloads or {}) do list[#list + 1] = one end
    return { type = types.union(list), deprecated = fun.deprecated, is_method = is_method }
  end
  if block and block.type then return { type = block.type, deprecated = block.deprecated } end
  if value and value.tag == "Table" then
    local class = { name = "the table " .. name, fields = {}, calls = block and block.overloads or {} }
    model.classes[class.name] = class
    return { type = types.name(class.name), deprecated = block and block.deprecated }
  end
  return { type = types.any, deprecated = block and block.deprecated }
end

local function set(model, scope, target, value, block)
  if target.tag == "Id" then
    local name = target[1]
    local made = declared(model, name, value, block, false)
    if scope[name] then scope[name] = made else model.globals[name] = made end
    return
  end
  local class = owner(model, scope, target[1])
  if not class then error("nothing is known of what line " .. target.line .. " changes", 0) end
  local is_method = value and value.tag == "Function" and value[1][1] and value[1][1].implicit or false
  local made = declared(model, target[2][1], value, block, is_method)
  class.fields[target[2][1]] = { type = made.type, deprecated = made.deprecated, is_method = is_method, optional = true }
end

local function run(model, scope, nodes, blocks)
  for _, node in ipairs(nodes) do
    local block = blocks[node.line]
    if node.tag == "Local" then
      for i, name in ipairs(node[1]) do scope[name[1]] = declared(model, name[1], node[2] and node[2][i], block, false) end
    elseif node.tag == "Set" then
      for i, target in ipairs(node[1]) do set(model, scope, target, node[2][i], block) end
    elseif node.tag == "Do" then
      run(model, setmetatable({}, { __index = scope }), node, blocks)
    else
      error("line " .. node.line .. " declares nothing", 0)
    end
  end
end

--- Returns the names of classes that types of the stub mention and that it does not declare.
local function undeclared(model)
  local missing, seen = {}, {}
  local plain = { string = true, number = true, integer = true, boolean = true, table = true, ["function"] = true, ["nil"] = true }
  local function look(type_)
    if type(type_) ~= "table" or seen[type_] then return end
    seen[type_] = true
    local is_known = type_.kind ~= "name" or type_.class or plain[type_.name] or model.classes[type_.name]
    if not is_known then missing[type_.name] = true end
    for _, inner in pairs(type_) do look(inner) end
  end
  for _, class in pairs(model.classes) do look(class.fields) look(class.calls) look(class.item) end
  for _, global in pairs(model.globals) do look(global.type) end
  local names = {}
  for name in pairs(missing) do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- Reads the text of a stub. Returns { classes, globals, missing } by name; missing: the classes that it mentions and does not declare.
function stub.read(text)
  local source, wrong = annotations.read(text)
  if not source then error("the stub: " .. wrong, 0) end
  local model = { classes = source.classes, globals = {} }
  standard(model)
  run(model, {}, source.tree, source.blocks)
  model.missing = undeclared(model)
  return model
end

return stub
