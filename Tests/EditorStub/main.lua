-- lua5.4 main.lua STUB FILE…: reads the stub of the recipe language, and prints what a language server would report about each file, as
-- FILE:LINE: what. The exit status is 1 if something is found, and 2 if the stub itself cannot be read.

package.path = string.gsub(arg[0], "[^/]*$", "") .. "?.lua;/usr/share/lua/5.1/?.lua;/usr/share/lua/5.1/?/init.lua;" .. package.path

local checker, stub = require "checker", require "stub"

local function text_of(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

local good, model = pcall(stub.read, text_of(arg[1]))
if not good then
  io.stderr:write(tostring(model), "\n")
  os.exit(2)
end
local count = 0
for _, name in ipairs(model.missing) do
  count = count + 1
  print(string.format("%s:1: the stub mentions the type %s and does not declare it", arg[1], name))
end
for i = 2, #arg do
  for _, one in ipairs(checker.check(model, text_of(arg[i]))) do
    count = count + 1
    print(arg[i] .. ":" .. one.text)
  end
end
os.exit(count == 0 and 0 or 1)
