--- a handle from nothing | refused what stands before :run must be a host
host.run({ number = 0, name = 'web1' }, 'evil')
--- a handle with the name of a handle's type | refused what stands before :run must be a host
host.run(setmetatable({ number = 0 }, { __name = 'host' }), 'evil')
--- a handle's method without its handle | refused what stands before :run must be a host
host.run('evil', 'evil')
--- a handle's method on a number | refused what stands before :run must be a host
host.run(0, 'evil')
--- a handle's method on another object | refused what stands before :run must be a host
host.run(deployment, 'evil')
--- a new name for a handle | refused host cannot be changed
host.name = 'evil'
--- a method that is taken away | refused host cannot be changed
host.run = nil
--- a handle that is written past its metatable | refused table expected
rawset(host, 'run', nil)
--- a handle that is read past its metatable | refused table expected
return rawget(host, 'plugin')
--- a metatable of a handle that is changed | refused attempt to index a boolean value
getmetatable(host).__index = nil
--- a metatable that a handle is given | refused table expected
setmetatable(host, {})
--- a list of targets that is lengthened | refused hosts cannot be changed
deployment.targets[9] = host
--- a deployment with another path | refused deployment cannot be changed
deployment.path = '/evil'
--- a parameter that is changed while it runs | refused params cannot be changed
deployment.params.x = 1
--- the globals' metatable | refused protected metatable
setmetatable(_ENV, nil)
--- a global of its own | refused is not local
evil = 1
--- a word that is replaced | refused log is not local
log = nil
--- a library that is changed for all | returns 2
string.rep = nil
return tostring(#('y'):rep(2))
--- the metatable of texts | refused attempt to index a boolean value
getmetatable('').__index = function() return 'evil' end
--- a metatable with a finaliser | refused __gc is not here
setmetatable({}, { __gc = function() end })
--- a metatable of weak references | refused weak tables are not here
setmetatable({}, { __mode = 'k' })
--- a metatable that is locked by its owner | refused protected metatable
setmetatable(setmetatable({}, { __metatable = 'mine' }), {})
--- a finaliser that is put in later | returns whole
local m = {}
local t = setmetatable({}, m)
m.__gc = function() host:run 'evil' end
t = nil
for i = 1, 200 do local s = ('x'):rep(10000) .. i end
return 'whole'
--- byte code | refused attempt to call a nil value
return load('\27Lua' .. ('\0'):rep(100))()
--- byte code that is asked for as such | refused attempt to call a nil value
return load('\27LuaT\0\x19\x93\r\n\x1a\n', 'x', 'b')()
--- a function as byte code | refused attempt to call a nil value
return string.dump(function() end)
--- a chunk with an environment of its own | refused attempt to index a nil value
return load('return os.execute', 'x', 't', {})()()
--- another state's library | refused there is no global os
return os.execute 'evil'
--- files through io | refused there is no global io
return io.open '/etc/passwd'
--- the debug library | refused there is no global debug
return debug.getregistry()
--- the loader of packages | refused there is no global package
return package.loadlib('evil.so', 'evil')
--- a file as a chunk | refused there is no global dofile
dofile '/etc/passwd'
--- the table of globals | refused there is no global _G
_G.log = nil
--- the collector is stopped | refused collectgarbage only knows "count"
collectgarbage 'stop'
--- an operation from a replacement | refused cannot wait
('x'):gsub('.', function() host:run 'x' end)
--- an operation from a sort | refused cannot wait
table.sort({ 2, 1 }, function() host:run 'x' end)
--- a recipe from a running hook | refused recipe
recipe 'evil' { path = '/evil' }
--- a group from a running hook | refused group describes a deployment
group 'evil' { hosts = { 'evil' } }
--- a plugin from a running hook | refused require
require 'http_check'
--- a coroutine that yields to the engine | refused was called outside of a coroutine
coroutine.yield(1)
--- the running coroutine closes itself | refused running coroutine
coroutine.close(coroutine.running())
--- a coroutine that resumes itself | refused non-suspended
local co
co = coroutine.wrap(function() co() end)
co()
--- a command with a zero byte | refused has a zero byte
host:run 'echo\0evil'
--- a command of bytes that are no text | refused no UTF-8 text
host:run '\xff\xfe'
--- a command that is a function | refused takes a command in quotes or a list of words
host:run(function() end)
--- a command whose words are made while they are read | refused words of a command are strings
host:run { 'echo', {} }
--- a variable whose name is a command | refused is no name of a variable
host:run('x', { env = { ['A=evil;B'] = '1' } })
--- a user that is an option | refused user of host:run must be the
host:run('x', { user = '-s evil' })
--- a path with a zero byte | refused takes a path in quotes
host:write('a\0b', 'x')
--- a file outside the release | refused leads out of it
host:write('../../etc/passwd', 'evil')
--- a link outside the release | refused leads out of it
host:link('/etc/shadow', 'a/../../evil')
--- a mode that is none | refused mode of host:write must be
host:write('a', 'x', { mode = '9999' })
--- a time without end | refused timeout
host:run('x', { timeout = '9999999d' })
--- a time before now | refused timeout
host:run('x', { timeout = -1 })
--- a pause that is not a number | refused sleep takes a duration (such as "90s" or "5m"), or a number of seconds
sleep(0 / 0)
--- ten thousand attempts without a pause | refused times of retry must be a
retry({ times = 1e9 }, function() end)
