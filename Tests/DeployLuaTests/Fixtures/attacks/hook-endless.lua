--- a loop in a protected call in a loop | stopped
while true do pcall(function() while true do end end) end
--- a handler that loops | stopped
xpcall(error, function() while true do end end)
--- a handler whose own handler loops | stopped
xpcall(function() xpcall(error, function() while true do end end) end, function() while true do end end)
--- protected calls that call themselves | stopped
local function f() return pcall(f) end
while true do pcall(f) end
--- a protected call of a protected call, for ever | stopped
while true do pcall(pcall, pcall, pcall, error) end
--- __close that never ends, on the way out of a block | stopped
do local x <close> = setmetatable({}, { __close = function() while true do end end }) end
--- __close that never ends, after an error | stopped
local x <close> = setmetatable({}, { __close = function() while true do end end })
error "first"
--- __close that never ends, after the limit | stopped
local x <close> = setmetatable({}, { __close = function() while true do end end })
while true do end
--- fifty __close that never end | stopped
local function nest(n)
  local x <close> = setmetatable({}, { __close = function() while true do end end })
  if n > 0 then nest(n - 1) end
  while true do end
end
nest(50)
--- __close that raises the limit's own error anew | stopped
local x <close> = setmetatable({}, { __close = function(_, e) error(e) end })
while true do end
--- __close that swaps the limit's error for another one | stopped
local x <close> = setmetatable({}, { __close = function() error "mine" end })
while true do pcall(error) end
--- a coroutine that loops | stopped
coroutine.wrap(function() while true do end end)()
--- a coroutine that a loop resumes after its limit | stopped
local co = coroutine.create(function() while true do pcall(error) end end)
while true do coroutine.resume(co) end
--- coroutines in coroutines that loop at the bottom | stopped
local function deep(n) if n == 0 then while true do end end return coroutine.wrap(deep)(n - 1) end
deep(40)
--- a coroutine that is made anew for ever | stopped
while true do coroutine.close(coroutine.create(function() end)) end
--- two coroutines that resume each other for ever | stopped
local a, b
a = coroutine.create(function() while true do coroutine.resume(b) coroutine.yield() end end)
b = coroutine.create(function() while true do coroutine.resume(a) coroutine.yield() end end)
while true do coroutine.resume(a) end
--- a coroutine whose __close loops when it is closed | stopped
local co = coroutine.create(function()
  local x <close> = setmetatable({}, { __close = function() while true do end end })
  coroutine.yield()
end)
coroutine.resume(co)
coroutine.close(co)
--- a comparison that loops while a table is sorted | stopped
table.sort({ 3, 2, 1, 5, 4 }, function() while true do end end)
--- a comparison that lies while tables are sorted for ever | stopped
local t = {}
for i = 1, 2000 do t[i] = i end
while true do pcall(table.sort, t, function() return true end) end
--- a replacement that loops | stopped
('x'):gsub('.', function() while true do end end)
--- a table of replacements whose __index loops | stopped
('x'):gsub('x', setmetatable({}, { __index = function() while true do end end }))
--- an iterator that never ends | stopped
for _ in function() return 1 end do end
--- gmatch of nothing in a loop that starts anew | stopped
while true do for _ in ('x'):rep(100):gmatch '' do end end
--- __index that asks itself for the next key | stopped
local t = setmetatable({}, { __index = function(t, k) return t[k + 1] end })
while true do pcall(function() return t[1] end) end
--- __newindex that writes itself for ever | stopped
local t = setmetatable({}, { __newindex = function(t, k, v) t[k + 1] = v end })
while true do pcall(function() t[1] = 1 end) end
--- __len that loops | stopped
return #setmetatable({}, { __len = function() while true do end end })
--- __eq that loops | stopped
local m = { __eq = function() while true do end end }
return setmetatable({}, m) == setmetatable({}, m)
--- __lt that loops | stopped
local m = { __lt = function() while true do end end }
return setmetatable({}, m) < setmetatable({}, m)
--- __concat that loops | stopped
return setmetatable({}, { __concat = function() while true do end end }) .. 'x'
--- __tostring that loops in a line of the log | stopped
log.info('%s', setmetatable({}, { __tostring = function() while true do end end }))
--- __tostring that loops in a failure | stopped
fail('%s', setmetatable({}, { __tostring = function() while true do end end }))
--- __tostring that loops in an error that nobody catches | stopped
local t = setmetatable({}, { __tostring = function() while true do end end })
error(tostring(t))
--- __call that loops | stopped
return setmetatable({}, { __call = function() while true do end end })()
--- a chunk of its own that loops | stopped
return load 'while true do pcall(load, "while true do end") end' ()
--- a reader of a chunk that never ends | refused load takes a string
return load(function() return ' ' end)
--- a pattern that tries for ever | stopped
while true do pcall(string.find, ('a'):rep(30), ('a?'):rep(30) .. ('a'):rep(30)) end
--- a pattern over a long text, again and again | stopped
local s = ('x'):rep(200000)
while true do pcall(string.find, s, '.-y') end
--- a table is joined for ever | stopped
local t = {}
for i = 1, 50000 do t[i] = 'x' end
while true do table.concat(t) end
--- a table is moved for ever | stopped
local t = {}
for i = 1, 50000 do t[i] = i end
while true do table.move(t, 1, #t, 2) end
--- a text is turned for ever | stopped
local s = ('x'):rep(500000)
while true do local r = s:reverse():upper():lower() end
--- a format is filled for ever | stopped
while true do local s = ('%99s'):rep(50):format(table.unpack({}, 1, 50)) end
--- characters of utf8 are counted for ever | stopped
local s = ('x'):rep(500000)
while true do local n = utf8.len(s) end
--- a function of each that loops | stopped
each({ 1, 2 }, function() while true do end end)
--- a function of all that loops | stopped
all { function() while true do end end }
--- a function of within that loops | stopped
within('1h', function() while true do end end)
--- a function of retry that loops | stopped
retry({ times = 3 }, function() while true do end end)
--- a text of JSON is read for ever | stopped
while true do local t = json.decode('[' .. ('1,'):rep(1000) .. '1]') end
--- a value of JSON is written for ever | stopped
local t = {}
for i = 1, 1000 do t[i] = i end
while true do local s = json.encode(t) end
--- base64 for ever | stopped
while true do local s = base64.encode(('x'):rep(10000)) end
--- goto that jumps back | stopped
::again:: goto again
--- a numeric loop of a step of nothing but limits | stopped
for i = math.mininteger, math.maxinteger do end
