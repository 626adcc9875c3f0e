--- a loop | stopped
while true do end
--- a function | refused function
return { name = 'x', version = '1.0.0', api = 1, summary = function() end }
--- a word of the language | refused recipe
recipe 'evil' { path = '/evil' }
return { name = 'x', version = '1.0.0', api = 1 }
--- a library of Lua | refused tostring
return { name = tostring 'x', version = '1.0.0', api = 1 }
--- a metatable on the texts | refused getmetatable
getmetatable('').__index = nil
return { name = 'x', version = '1.0.0', api = 1 }
--- not finished | refused expected
return { name = 'x',
--- nothing | refused plugin.lua
return
--- a number | refused plugin.lua
return 1
--- the name of another plugin | refused calls itself
return { name = 'y', version = '1.0.0', api = 1 }
--- a name that is a path | refused name of plugin "x" has
return { name = '../x', version = '1.0.0', api = 1 }
--- no version | refused version
return { name = 'x', api = 1 }
--- a version that is none | refused version
return { name = 'x', version = 'newest', api = 1 }
--- a version of numbers that no computer has | refused version
return { name = 'x', version = '99999999999999999999999.0.0', api = 1 }
--- a newer API | refused needs API 2
return { name = 'x', version = '1.0.0', api = 2 }
--- an API of minus one | refused api of plugin.lua of plugin
return { name = 'x', version = '1.0.0', api = -1 }
--- an unknown field | refused has no field
return { name = 'x', version = '1.0.0', api = 1, postinstall = 'evil' }
--- a file of another plugin to begin with | refused main of plugin.lua of plugin
return { name = 'x', version = '1.0.0', api = 1, main = '../y/init.lua' }
--- a file of the machine to begin with | refused main of plugin.lua of plugin
return { name = 'x', version = '1.0.0', api = 1, main = '/etc/passwd' }
--- a capability that there is not | refused there is no capability
return { name = 'x', version = '1.0.0', api = 1, capabilities = { 'host.everything' } }
--- a capability for whatever secret | refused does not say which one
return { name = 'x', version = '1.0.0', api = 1, capabilities = { 'secret' } }
--- a capability for a path that goes up | refused names nothing that could be reached
return { name = 'x', version = '1.0.0', api = 1, capabilities = { 'local.read:../../etc' } }
--- a capability that is a table | refused capabilities
return { name = 'x', version = '1.0.0', api = 1, capabilities = { {} } }
--- a dependency whose name is a path | refused dependenc
return { name = 'x', version = '1.0.0', api = 1, dependencies = { ['../y'] = '*' } }
--- a dependency whose range is none | refused must be versions
return { name = 'x', version = '1.0.0', api = 1, dependencies = { y = 'whatever' } }
--- an option of no kind | refused option
return { name = 'x', version = '1.0.0', api = 1, options = { a = { kind = 'code' } } }
--- a table that holds itself | refused option "name" of plugin
local t = { name = 'x', version = '1.0.0', api = 1 } t.options = t
return t
