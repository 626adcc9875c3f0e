--- a table that grows without end | stopped
local t = {} for i = 1, 1e9 do t[i] = i end
--- a text that doubles | stopped
local s = 'x' while true do s = s .. s end
--- a table of coroutines | stopped
local t = {} while true do t[#t + 1] = coroutine.create(function() end) end
--- a table of functions that hold each other | stopped
local f = print while true do local g = f f = function() return g end end
--- tables in tables | stopped
local t = {} while true do t = { t, {} } end
--- keys of every text | stopped
local t = {} for i = 1, 1e9 do t['k' .. i] = true end
--- a text of ten gigabytes | refused resulting string too large
return ('x'):rep(1e10)
--- a text of the longest length there is | refused resulting string too large
return ('xx'):rep(math.maxinteger)
--- a separator that is too long | refused resulting string too large
return ('x'):rep(1e6, ('y'):rep(1e6))
--- a table that is unpacked too far | refused too many elements
return table.unpack({}, 1, 1e8)
--- a table that is unpacked from end to end | refused too many elements
return table.unpack({}, math.mininteger, math.maxinteger)
--- a join beyond the end | refused too many elements
return table.concat({}, '', 1, 1 << 60)
--- an insertion beyond the end | refused wrong number
table.insert({}, 1, 2, 3)
--- a removal from a table that says it is huge | refused table functions work on plain tables
table.remove(setmetatable({}, { __len = function() return math.maxinteger end }), 5.0 - 10)
--- a move to the end of numbers | refused too many elements
table.move({}, math.mininteger, math.maxinteger, 2)
--- a replacement that makes a text of gigabytes | stopped
local s = ('x'):rep(100000)
return s:gsub('x', s)
--- a format of many long texts | stopped
local s = ('x'):rep(1000000)
return ('%s'):rep(100):format(table.unpack({ s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s }))
--- a pattern that is too deep | refused pattern too complex
return (('x'):rep(300000)):find(('(.-)'):rep(20) .. ('x?'):rep(300000))
--- a pattern without its end | refused malformed pattern
return ('x'):find '[a'
--- a width of a format that no text has | refused invalid
return ('%99999d'):format(1)
--- recursion without end | refused stack overflow
local function f() return f() + 1 end
return f()
--- recursion through a metamethod | refused C stack overflow
local t = setmetatable({}, {})
getmetatable(t).__index = function(t, k) return t[k] end
setmetatable(t, getmetatable(t))
return t.x
--- recursion through tostring | refused C stack overflow
local m = {}
m.__tostring = function(t) return tostring(t) end
return tostring(setmetatable({}, m))
--- recursion through a sort | refused C stack overflow
local function f() table.sort({ 2, 1 }, f) end
f()
--- recursion through a replacement | refused C stack overflow
local function f() return (('x'):gsub('x', f)) end
return f()
--- coroutines in coroutines without end | refused C stack overflow
local function f(n) return coroutine.wrap(f)(n + 1) end
return f(1)
--- brackets without end in a chunk | refused attempt to call a nil value
return load(('('):rep(100000) .. '1')()
--- a chunk of too many variables | refused attempt to call a nil value
local names = {}
for i = 1, 300 do names[i] = 'v' .. i end
return load('local ' .. table.concat(names, ', ') .. ' = 1')()
