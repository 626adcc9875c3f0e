-- What the fuzzed state runs in place of the real prelude. The input can reach everything, including what recipes never get.

local environment = {}
for name, value in pairs(_ENV) do environment[name] = value end
for name, value in pairs(for_recipes) do environment[name] = value end
environment.load = function(text) return load(text, "@(load)", environment) end
environment.primitives = _ENV

launcher(function(fn, ...) return fn(...) end)

source_number = register(function(text)
  local chunk, message = load(text, "@fuzz", environment)
  if not chunk then return message end
  return chunk()
end)

values_number = register(function(...)
  local given = table.pack(...)
  ask("values", given.n, given[1])
  return given[1]
end)

-- Every function that there is, by name, and values to call them with.
local functions, names = {}, {}
local function collect(prefix, library)
  for name, value in pairs(library) do
    if type(value) == "function" and name ~= "launcher" then
      names[#names + 1] = prefix .. name
      functions[prefix .. name] = value
    end
  end
end
collect("", environment)
collect("own.", { setmetatable = setmetatable, load = load })
for _, library in ipairs { "string", "table", "math", "utf8", "coroutine" } do collect(library .. ".", _ENV[library]) end
table.sort(names)

local function values()
  local pool = { 0, 1, -1, 2.5, 40, 3000, math.maxinteger, math.mininteger, 1e300, -(0 / 0), "", "a", "aab", "%a+", ".-b", "[a-z]*$",
    "(a)(b)()", "%1%%%0", "\0%s%q", "%d", "x = 1 return x", "__index", "__gc", "__mode", "k", ("ab"):rep(500), "\x80\x80\xe4\xbd", "12",
    "0x1p4", true, false, {}, { 1, 2, 3 }, { "b", "a", "c" }, { a = 1, b = { c = 2 } }, print or type, function(...) return ... end,
    function() error("mine") end, function(a, b) return b, a end }
  pool[#pool + 1] = coroutine.create(function(...) while true do coroutine.yield(...) end end)
  pool[#pool + 1] = setmetatable({}, { __index = pool[#pool - 2], __close = function() end, __call = function(_, ...) return ... end })
  pool[#pool].__index = pool[#pool]
  return pool
end

calls_number = register(function(text)
  local pool, at = values(), 1
  local first = #pool
  local function byte()
    local value = string.byte(text, at) or 0
    at = at + 1
    return value
  end
  while at <= #text do
    local which, arguments = byte(), {}
    local call = functions[names[which % (#names + 8) + 1]] or pool[byte() % #pool + 1]
    for i = 1, byte() % 5 do arguments[i] = pool[byte() % #pool + 1] end
    local results = table.pack(pcall(call, table.unpack(arguments, 1, #arguments)))
    for i = 2, math.min(results.n, 4) do
      if results[i] ~= nil then pool[#pool < 90 and #pool + 1 or first + at % 40 + 1] = results[i] end
    end
  end
end)
