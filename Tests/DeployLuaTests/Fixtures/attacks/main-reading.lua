--- a loop while it is read | stopped
while true do end
--- a loop in a protected call while it is read | stopped
while true do pcall(function() while true do end end) end
--- memory without end while it is read | stopped
local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end
--- recursion while it is read | refused stack overflow: calls are nested too deeply
local function f() return f() + 1 end
f()
--- a default that is a loop | stopped
recipe 'shop' { path = '/srv/shop', targets = setmetatable({}, { __index = function() while true do end end }) and { 'a' } }
while true do end
--- a command before anything is planned | refused here:run exists only while a
here:run 'evil'
--- a host that is asked before anything is planned | refused host:run exists only while a
host('web1'):run 'evil'
--- a request before anything is planned | refused http.get exists only while a
http.get 'https://example.com/evil'
--- a file of the machine | refused this is no path below the folder
return read_text '/etc/passwd'
--- a file beside the project | refused this is no path below the folder
return read_text '../../etc/passwd'
--- JSON of the machine | refused this is no path below the folder
return read_json '/etc/passwd'
--- a template of the machine | refused this is no path below the folder
return template('/etc/passwd', {})
--- text that is no Lua | refused expected
recipe "shop" { path =
--- byte code for a project | refused attempt to call a nil value
recipe 'shop' { path = '\27' } load('\27Lua')()
--- a recipe twice | refused recipe "shop" is defined twice
recipe 'shop' { path = '/srv/shop', targets = { 'a' } }
recipe 'shop' { path = '/srv/shop', targets = { 'a' } }
--- a recipe's name that is a path | refused recipe
recipe '../../etc' { path = '/srv/shop', targets = { 'a' } }
--- a path that is not one | refused path of recipe "shop": the
recipe 'shop' { path = 'srv/shop', targets = { 'a' } }
--- the root as a path | refused path of recipe "shop": the
recipe 'shop' { path = '/', targets = { 'a' } }
--- a path that goes up | refused path of recipe "shop": the
recipe 'shop' { path = '/srv/../etc', targets = { 'a' } }
--- a path with a line break | refused path of recipe "shop": the
recipe 'shop' { path = '/srv/a\nb', targets = { 'a' } }
--- a host that is an option of ssh | refused "-oProxyCommand=evil" is no host name
recipe 'shop' { path = '/srv/shop', targets = { '-oProxyCommand=evil' } }
--- a user that is an option of ssh | refused "-oProxyCommand=evil" is no login name
recipe 'shop' { path = '/srv/shop', targets = { '-oProxyCommand=evil@web1' } }
--- a host with a line break | refused is no host name; a host is
recipe 'shop' { path = '/srv/shop', targets = { 'web1\nProxyCommand evil' } }
--- a billion hosts in a word | refused must go up, by at most 10,000
group 'g' { hosts = { 'web[1-1000000000]' } }
--- a hook that is a text | refused ValidateService
recipe 'shop' { path = '/srv/shop', targets = { 'a' }, on = { ValidateService = 'evil' } }
--- fields whose names are tables | refused a table with a table as a key has no order
recipe 'shop' { path = '/srv/shop', targets = { 'a' }, [{}] = 1 }
--- a field's value that raises when it is looked at | refused path of recipe "shop" must
recipe 'shop' { path = setmetatable({}, { __tostring = function() error 'x' end }), targets = { 'a' } }
--- a recipe that is based on itself | refused base of recipe "shop" must
local shop = { path = '/srv/shop', targets = { 'a' } }
shop.base = shop
recipe 'shop' (shop)
--- a shared path out of the folder | refused shared
recipe 'shop' { path = '/srv/shop', targets = { 'a' }, shared = { '../../etc' } }
--- a number of releases to keep that is none | refused keep of recipe "shop" must
recipe 'shop' { path = '/srv/shop', targets = { 'a' }, keep = -1 }
--- a pattern of a parameter that never ends | refused match of parameter "x" is no
recipe 'shop' { path = '/srv/shop', targets = { 'a' }, params = { x = param.string { match = '[a' } } }
--- a transport that loops | stopped
transport 'box' (function() while true do end end)
group 'g' { transport = 'box', hosts = { 'a' } }
recipe 'shop' { path = '/srv/shop', targets = group 'g' }
