-- read_dotenv "file": reads lines NAME=value in a file of the project.

local import = ...
local language, problems, given = import "runtime/language", import "runtime/problems", import "reading/given"

language.word {
  name = "read_dotenv", nature = "pure", phases = { "description" }, gives = "table", takes = "\"file\"",
  summary = "Reads lines of the form NAME=value from a file of the project, and returns a table of the unchanged values by name. The "
    .. "deployment stores a copy of the file.",
  example = "local settings = read_dotenv \"config/production.env\"\n"
    .. "local function start(host) host:run(\"bin/start\", { env = settings }) end   -- a hook",
}

local escapes = { n = "\n", r = "\r", t = "\t", ["\\"] = "\\", ["\""] = "\"", ["$"] = "$" }

--- Returns the value in a written form. If its quotes are not closed, or if something follows them, returns nil and what is wrong.
local function value(text)
  local quote = string.sub(text, 1, 1)
  if quote ~= "'" and quote ~= "\"" then return (string.gsub(string.gsub(text, "%s+#.*$", ""), "%s+$", "")) end
  local at = 2
  while at <= #text do
    local sign = string.sub(text, at, at)
    if sign == quote then
      local ends = string.match(text, "^%s*$", at + 1) or string.match(text, "^%s+#", at + 1)
      if not ends then return nil, "something follows the quotes" end
      local inside = string.sub(text, 2, at - 1)
      if quote == "'" then return inside end
      return (string.gsub(inside, "\\(.)", function(c) return escapes[c] or "\\" .. c end))
    end
    at = at + (sign == "\\" and quote == "\"" and 2 or 1)
  end
  return nil, "the quotes are not closed on this line"
end

language.meaning("read_dotenv", function(name)
  local text, read, number = given.file("read_dotenv", name, problems.here()) or "", {}, 0
  for line in string.gmatch(text .. "\n", "(.-)\r?\n") do
    number = number + 1
    local place = { file = name, line = number }
    local key, rest = string.match(string.gsub(line, "^%s*export%s+", ""), "^%s*([%a_][%w_]*)%s*=%s*(.*)$")
    if key and given.is_secretive(key) then
      problems.add(string.format("%s would be kept with the deployment, on hosts, in plain", key),
        string.format("take the line out, and write secret %q where it is needed", key), place)
    elseif key then
      local taken, flaw = value(rest)
      if flaw then problems.add("read_dotenv: " .. flaw, nil, place) end
      read[key] = taken or ""
    elseif not string.match(line, "^%s*$") and not string.match(line, "^%s*#") then
      problems.add("read_dotenv: this is no NAME=value", "a line may also be empty, or begin with #", place)
    end
  end
  return read
end)
