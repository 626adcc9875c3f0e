-- Runs a line of a prompt. The line is compiled with the variables that earlier lines assigned, and its values are returned as texts.

local import = ...
local environment, require_for = import "reading/environment", import "reading/require"
local deployment, fleet, language = import "run/deployment", import "run/fleet", import "runtime/language"
local sets, tables, shown = import "run/sets", import "runtime/tables", import "prompt/shown"
local values = import "runtime/values"

local file = "(line)"
local most_words = 200
local own, given -- what lines have assigned; the other globals besides the language

--- Returns the environment of all lines: it keeps assignments, and otherwise has what a file of the project has.
local function reach()
  if own then return own end
  local targets = {}
  for number = 0, fleet.count() - 1 do
    if not fleet.facts(number).partner then targets[#targets + 1] = number end
  end
  given = { host = targets[1] and fleet.handle(targets[1]), hosts = sets.of(targets), deployment = deployment.handle("running") }
  own = setmetatable({}, { __index = environment.of(file, require_for, given), __metatable = false })
  return own
end

--- Returns the function of a text, which is an expression or statements, or nil if the text is not complete yet.
local function compiled(text)
  local chunk = load("return " .. text, "@" .. file, reach())
  if chunk then return chunk end
  local good, message = load(text, "@" .. file, reach())
  if good then return good end
  -- A text that is nested too deeply is refused with an error object.
  message = tostring(message)
  if string.find(message, "<eof>", 1, true) then return nil end
  local line, rest = string.match(message, "^.-:(%d+): (.*)$")
  return raise { kind = "invalid", message = rest or message, where = file .. ":" .. (line or "1") }
end

--- Runs a text. Returns { values }, each as a text, or { unfinished = true }.
local function run(text)
  local chunk = compiled(text)
  if not chunk then return { unfinished = true } end
  local values = table.pack(chunk())
  local texts = {}
  for i = 1, values.n do texts[i] = shown(values[i]) end
  if values.n > 0 then rawset(own, "_", values[1]) end
  if values.n == 1 and values[1] == nil then texts = {} end
  return { values = texts }
end

--- Calls add with the name of each member of a value that a line assigned. variable, sign: the text before the member's name.
local function add_members(variable, sign, add)
  local value = rawget(own, variable)
  local plain = values.plain(value)
  local object = language.objects[values.kind_of(value) or tostring(value)]
  if not object then
    for name in next, type(plain) == "table" and plain or {} do if type(name) == "string" then add(variable .. sign .. name) end end
    return
  end
  local lead = object.name .. sign
  for word in pairs(language.words) do
    if string.sub(word, 1, #lead) == lead then add(variable .. sign .. string.sub(word, #lead + 1)) end
  end
  if sign == "." then for _, field in ipairs(object.fields) do add(variable .. sign .. field[1]) end end
end

--- Returns the names that begin with a text: those of the language, of its objects and libraries, and those that lines have assigned with
--- their members.
local function words(prefix)
  local known = {}
  local function add(name)
    -- A name such as `host:run.rehearse` is an option of a method, so no line can contain it.
    if type(name) ~= "string" or string.find(name, ":[^.]*%.") then return end
    if string.sub(name, 1, #prefix) == prefix then known[name] = true end
  end
  reach()
  local variable, sign = string.match(prefix, "^([%a_][%w_]*)([.:])")
  if variable then add_members(variable, sign, add) end
  for _, list in ipairs { own, given, language.globals, language.words } do for name in pairs(list) do add(name) end end
  for name, object in pairs(language.objects) do for _, field in ipairs(object.fields) do add(name .. "." .. field[1]) end end
  for _, name in ipairs { "string", "table", "math", "utf8" } do
    add(name)
    for member in pairs(_ENV[name]) do add(name .. "." .. member) end
  end
  local list = tables.keys(known)
  table.sort(list)
  return { words = table.move(list, 1, math.min(#list, most_words), 1, {}) }
end

--- request: { text }, a line to run, or { words }, the text that was typed so far.
return function(request)
  if request.words then return words(request.words) end
  return run(request.text)
end
