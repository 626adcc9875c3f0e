-- Reads a Lua source with its annotations: the classes that it declares, and what its annotations say about functions and variables.

local decoder, parser = require "luacheck.decoder", require "luacheck.parser"
local types = require "types"

local annotations = {}

--- Reads the lines of a comment: { class, fields, params, returns, overloads, type, deprecated }.
local readers = {}

function readers.class(block, text)
  local name, parents = string.match(text, "^%(?e?x?a?c?t?%)?%s*([%w_%.]+)%s*:?%s*([%w_%.]*)")
  block.class = { name = name, parent = parents ~= "" and parents or nil, fields = {}, calls = {} }
end

function readers.field(block, text)
  if not block.class then error("---@field without a class: " .. text, 0) end
  local key, optional, at = string.match(text, "^([%w_]+)(%??)%s+()")
  if key then
    block.class.fields[key] = { type = types.read(text, at), optional = optional == "?" }
  else
    at = string.match(text, "^%[[%w_]+%]%s+()")
    block.class.item = types.read(text, at or error("no field is read in " .. text, 0))
  end
end

function readers.param(block, text)
  local name, optional, at = string.match(text, "^([%w_%.]+)(%??)%s+()")
  block.params[name] = { type = types.read(text, at), optional = optional == "?" }
end

readers["return"] = function(block, text) block.returns[#block.returns + 1] = types.read(text) end
function readers.overload(block, text) block.overloads[#block.overloads + 1] = types.read(text) end
function readers.type(block, text) block.type = types.read(text) end
function readers.deprecated(block) block.deprecated = true end
function readers.meta() end

local function new_block() return { params = {}, returns = {}, overloads = {} } end

--- Returns the blocks of annotations by the line that follows each.
local function blocks_of(comments)
  local blocks, current, last = {}, nil, nil
  for _, comment in ipairs(comments) do
    local text = string.match(comment.contents, "^%-(.*)")
    if text then
      if not current or comment.line ~= last + 1 then current = new_block() end
      blocks[comment.line] = nil
      last = comment.line
      blocks[last + 1] = current
      local tag, rest = string.match(text, "^@(%w+)%s*(.*)")
      if tag then (readers[tag] or error("---@" .. tag .. " is not known here", 0))(current, rest) end
    end
  end
  return blocks
end

--- Returns the type of a function that a source writes, as its annotations say. is_method: whether its first parameter is the object.
function annotations.fun(node, block, is_method)
  local made = { kind = "fun", params = {}, returns = block.returns, is_method = is_method, deprecated = block.deprecated }
  for i, param in ipairs(node[1]) do
    local said = block.params[param[1]]
    if param.tag == "Dots" then
      made.rest = said and said.type or block.params["..."] and block.params["..."].type or types.any
    elseif not (is_method and i == 1) then
      made.params[#made.params + 1] = { name = param[1], type = said and said.type or types.any, optional = not said or said.optional }
    end
  end
  return made
end

--- Reads a source. Returns { tree, blocks, classes }, or nil and what is wrong.
function annotations.read(text)
  local good, result = pcall(function()
    local tree, comments = parser.parse(decoder.decode(text), {}, {})
    local blocks, classes = blocks_of(comments), {}
    for _, block in pairs(blocks) do if block.class then classes[block.class.name] = block.class end end
    for _, block in pairs(blocks) do
      if block.class then block.class.calls = block.overloads end
    end
    return { tree = tree, blocks = blocks, classes = classes }
  end)
  if good then return result end
  return nil, type(result) == "table" and string.format("line %s: %s", result.line, result.msg) or tostring(result)
end

return annotations
