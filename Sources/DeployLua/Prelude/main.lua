-- boundary 4
-- Reads the other files of this folder, each when it is first imported, and registers the functions that the engine starts.
-- The first line has the number of the boundary, which is the form of the data between Lua and the engine. See docs/decisions, number 011.

local files, loaded = engine.files, { ["runtime/engine"] = { events = engine.events, segments = engine.segments } }

--- Returns what a file of this folder returns, by its path without the ending: import "words/recipe".
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

-- These functions are registered first, in this order, so their numbers come before those of the recipes' functions.
begin_number = register(import("run/begin"))
load_number = register(import("reading/project"))
launcher(import("run/launch"))
-- Only if the files contain the words of tests.
if files["prelude/spec/words.lua"] then import "spec/words" end
-- Only if the files contain the code of a prompt.
if files["prelude/prompt/line.lua"] then line_number = register(import("prompt/line")) end

engine, files = nil, nil
setmetatable(_ENV, {
  __index = function(_, name) error("the prelude has no global " .. tostring(name), 2) end,
  __newindex = function(_, name) error("the prelude makes no global " .. tostring(name), 2) end,
})
