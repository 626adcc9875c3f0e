-- boundary 4
-- Reads the other files of this folder, each when it is first imported, and registers what the engine starts.
-- The first line names the boundary: the form of what crosses between Lua and the engine, see docs/decisions, number 011.

local files, loaded = engine.files, { ["runtime/engine"] = { events = engine.events, segments = engine.segments } }

--- What a file of this folder returns, by its path without the ending: import "words/recipe".
local function import(name)
  local value = loaded[name]
  if value then return value end
  local path = "prelude/" .. name .. ".lua"
  if value == false then error(path .. " imports itself", 0) end
  local run = files[path] or error("there is no " .. path, 0)
  loaded[name] = false
  loaded[name] = run(import) or true
  return loaded[name]
end

-- Their numbers come before those of all functions of recipes, in this order.
begin_number = register(import("run/begin"))
load_number = register(import("reading/project"))
launcher(import("run/launch"))
-- Only where tests are read.
if files["prelude/spec/words.lua"] then import "spec/words" end
-- Only where a person types lines.
if files["prelude/prompt/line.lua"] then line_number = register(import("prompt/line")) end

engine, files = nil, nil
setmetatable(_ENV, {
  __index = function(_, name) error("the prelude has no global " .. tostring(name), 2) end,
  __newindex = function(_, name) error("the prelude makes no global " .. tostring(name), 2) end,
})
