-- Whether a value of one type fits where another type is wanted, and which members a value has. What is not known is never wrong.

local types = require "types"

local fits = {}
local texts = { kind = "name", name = "stringlib" }

--- Returns the class of a type, or nil if it has none.
local function class_of(model, type_) return type_.class or type_.kind == "name" and model.classes[type_.name] or nil end

local function descends(model, name, wanted)
  while name do
    if name == wanted then return true end
    local class = model.classes[name]
    name = class and class.parent
  end
  return false
end

local function is_like_table(model, type_)
  return type_.kind == "array" or type_.kind == "map" or type_.name == "table" or class_of(model, type_) ~= nil
end

local function is_like_function(model, type_)
  if type_.kind == "fun" or type_.name == "function" then return true end
  local class = class_of(model, type_)
  return class and #class.calls > 0 or false
end

--- Whether one type that is no union fits into another one.
local function one_fits(model, value, wanted)
  if value.kind == "any" or wanted.kind == "any" then return true end
  if value.kind == "literal" then return is_like_table(model, wanted) end
  if value.kind == "text" then return wanted.name == "string" or wanted.kind == "text" and wanted.text == value.text end
  if value.name == "string" then return wanted.name == "string" or wanted.kind == "text" end
  if value.name == "integer" then return wanted.name == "integer" or wanted.name == "number" end
  if value.name == "number" then return wanted.name == "number" end
  if value.name == "boolean" then return wanted.name == "boolean" end
  if value.kind == "fun" or value.name == "function" then return is_like_function(model, wanted) end
  if value.kind == "array" or value.kind == "map" or value.name == "table" then return is_like_table(model, wanted) end
  if value.kind == "name" and model.classes[value.name] then
    if wanted.kind == "name" then return wanted.name == "table" or descends(model, value.name, wanted.name) end
    if wanted.kind == "fun" then return #model.classes[value.name].calls > 0 end
    local item = model.classes[value.name].item
    return wanted.kind == "array" and item ~= nil and fits.value(model, item, wanted.item)
  end
  return true
end

--- Returns whether a value fits. value: the value's type, or nil if nothing is known.
function fits.value(model, value, wanted)
  if not value or not wanted then return true end
  if #types.each(wanted) == 0 then return true end
  for _, one in ipairs(types.each(value)) do
    local found = false
    for _, other in ipairs(types.each(wanted)) do found = found or one_fits(model, one, other) end
    if not found then return false end
  end
  return true
end

--- Whether nil fits where a type is wanted. What is not known takes it.
function fits.takes_nil(wanted)
  if wanted.kind == "any" or wanted.name == "nil" then return true end
  for _, one in ipairs(wanted.kind == "union" and wanted.list or {}) do if fits.takes_nil(one) then return true end end
  return false
end

--- Returns a class's member of a name, including inherited members, or nil if it has none.
local function of_class(model, name, key)
  while name do
    local class = model.classes[name]
    if class and class.fields[key] then return class.fields[key] end
    name = class and class.parent
  end
end

--- Returns the member of a value: { type, is_method, deprecated }, and whether the value certainly has no such member.
function fits.member(model, value, key)
  local lacks = false
  for _, one in ipairs(value and types.each(value) or {}) do
    if one.kind == "text" or one.name == "string" then one = texts end
    local class = class_of(model, one)
    if class then
      local found = one.class and one.class.fields[key] or of_class(model, one.name, key)
      if found then return found, false end
      lacks = true
    elseif one.name == "number" or one.name == "integer" or one.name == "boolean" or one.kind == "array" then
      lacks = true
    else
      return nil, false
    end
  end
  return nil, lacks
end

--- Returns the type of a value's items by number, or nil if it is not known.
function fits.item(model, value)
  for _, one in ipairs(value and types.each(value) or {}) do
    if one.kind == "array" then return one.item end
    local class = class_of(model, one)
    if class and class.item then return class.item end
    if one.kind == "map" then return one.value end
  end
end

--- Returns the signatures with which a value can be called, or nil if nothing is known.
function fits.calls(model, value)
  if not value then return nil end
  local list = {}
  for _, one in ipairs(types.each(value)) do
    local class = class_of(model, one)
    if one.kind == "fun" then list[#list + 1] = one elseif class then
      for _, call in ipairs(class.calls) do list[#list + 1] = call end
    else
      return nil
    end
  end
  return #list > 0 and list or nil
end

--- Returns what a function gets as its argument at a place, by the types that the function can have, or nil if that is not known.
function fits.argument(wanted, at)
  local list = {}
  for _, one in ipairs(wanted and types.each(wanted) or {}) do
    if one.kind == "fun" and one.params[at] then list[#list + 1] = one.params[at].type end
  end
  return #list > 0 and types.union(list) or nil
end

--- Returns what a table that a source writes must be: { class = … } or { item = … } or { value = … }, or nil for anything. is_list: whether
--- the source gives it members without names.
function fits.shape(model, wanted, is_list)
  local class, item, value
  for _, one in ipairs(wanted and types.each(wanted) or {}) do
    local found = class_of(model, one)
    if one.kind == "any" or one.name == "table" then return nil end
    if one.kind == "array" then item = one.item elseif one.kind == "map" then value = one.value
    elseif found and (next(found.fields) or found.item) then
      if class then return nil end
      class = found
    end
  end
  if item and (is_list or not class) then return { item = item } end
  return class and { class = class } or value and { value = value } or nil
end

return fits
