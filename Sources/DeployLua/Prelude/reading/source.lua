-- Compiles the text of a source, or reports what is wrong with it.

local import = ...
local problems, environment = import "runtime/problems", import "reading/environment"

local source = {}

--- Returns what usually helps. Lua names the place where it could not continue, which is often below the mistake.
local function syntax_fix(message)
  local opener, opened = string.match(message, "to close '(.-)' at line (%d+)")
  if opened then return string.format("what begins with %s on line %s is not closed before this line", opener, opened) end
  if string.find(message, "near <eof>", 1, true) then return "the file ends too early: something above wants an end, a } or a )" end
  if string.find(message, "unfinished string", 1, true) then return "close the quotes on the same line; [[ … ]] holds longer strings" end
  if string.find(message, "unfinished long", 1, true) then return "close it with ]]" end
  return "look at the end of the line before, too: a comma, a quote, then, do or end may be missing there"
end

--- Returns the function of a source in its environment, or nil if the source cannot be compiled. In that case, the problem was noted.
--- globals: the globals in the text, as the engine found them. words: the globals of the file besides those of the language, or nil for
--- none.
function source.compile(path, text, globals, require_for, words)
  if string.sub(text, 1, 2) == "#!" then
    problems.add("the first line names a program that would run this file, and Lander reads it itself",
      "remove the line that begins with #!", { file = path, line = 1 })
    return
  end
  local own = environment.of(path, require_for, words)
  local chunk, message = load(text, "@" .. path, own)
  if chunk then
    environment.check(own, path, globals)
    return chunk
  end
  -- Lua found no room to build its own message.
  if type(message) ~= "string" then
    problems.add("this file is nested too deeply: tables, parentheses, functions or operators such as .. are in each other",
      "use local variables for parts, or table.concat for a long text", { file = path })
    return
  end
  local file, line, rest = string.match(message, "^(.-):(%d+): (.*)$")
  problems.add(rest or message, syntax_fix(message), { file = file, line = math.tointeger(tonumber(line)) })
end

--- Reports an error for which Lua had no room to run the error handler: there was not enough memory, or calls were nested too deep.
local function out_of_room(text)
  local file, line = string.match(text, "^(.-):(%d+): ")
  local place = file and { file = file, line = math.tointeger(tonumber(line)) } or nil
  local memory = string.match(text, "not enough memory.*$")
  if memory then return problems.add(memory, "use less memory here, or in functions that call this one", place) end
  problems.add("functions call each other too deeply, or without an end", "look for one that calls itself, and let it stop", place)
end

--- Notes an error that ended the reading.
function source.failed(e)
  if type(e) ~= "table" then return out_of_room(tostring(e)) end
  local file, line = string.match(rawget(e, "where") or "", "^(.*):(%d+)$")
  local message = rawget(e, "message")
  if type(message) == "string" and file then
    local prefix = file .. ":" .. line .. ": "
    if string.sub(message, 1, #prefix) == prefix then message = string.sub(message, #prefix + 1) end
  end
  problems.add(message, rawget(e, "fix"), { file = file, line = math.tointeger(tonumber(line)) })
end

return source
