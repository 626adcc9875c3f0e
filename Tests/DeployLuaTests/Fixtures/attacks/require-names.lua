--- the plugin itself, in a circle | refused circle
'./init'
--- a file above the plugin | refused require
'../deploy'
--- another plugin's file | refused require
'../y/init'
--- a way up behind a way down | refused is no file of this plugin
'./lib/../../y/init'
--- a whole path | refused require
'/etc/passwd'
--- a whole path behind a dot | refused is no file of this plugin
'.//etc/passwd'
--- nothing | refused require
''
--- a dot | refused require
'.'
--- a folder | refused is no file of this plugin
'./'
--- two dots within a name | refused is no file of this plugin
'./a..b'
--- a zero byte | refused is no file of this plugin
'./a\0b'
--- bytes that are no text | refused is no file of this plugin
'./\xff'
--- a name with a space | refused require
'http check'
--- a module of Lua | refused there is no plugin
'os'
--- a plugin that is not a dependency | refused there is no plugin
'nowhere'
--- a number | refused require
(1)
--- a table that says it is a text | refused require
(setmetatable({}, { __tostring = function() return 'y' end }))
--- a name of a megabyte | refused there is no plugin
(('x'):rep(1e6))
--- a way through backslashes | refused require
'.\\..\\y'
--- an address | refused require
'https://example.com/evil'
--- the shipped preludes | refused require
'prelude/runtime/grants'
