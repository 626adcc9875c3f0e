--- nothing as an error | refused an error without a value
error(nil)
--- a table as an error, without words | refused an error that is a table without
error({})
--- an error whose text raises | refused an error that is a table without
error(setmetatable({}, { __tostring = function() error 'x' end }))
--- an error whose fields raise | refused an error that is a table without
error(setmetatable({}, { __index = function() error 'x' end }))
--- an error that holds itself | refused an error that is a table without
local t = {}
t.message = t
error(t)
--- an error with a place of its own | refused mine said
error({ message = 'mine said', where = { file = '/etc/passwd', line = -1 }, traceback = 5 })
--- an error that claims to be the engine's | refused forged said
error({ message = 'forged said', kind = 'internal' })
--- an error of a million bytes | refused xxxxxxxx
error(('x'):rep(1e6))
--- an error of control characters | refused cleared
error('cleared \27[2J\7\8')
--- an error of bytes that are no text | refused broken
error('broken \xff\xfe')
--- a handler that raises its own error | refused the error after it
xpcall(error, function(e) error(e) end)
error 'the error after it'
--- an error in the clean-up of an error | refused second
local x <close> = setmetatable({}, { __close = function() error 'second' end })
error 'first'
--- a value for __close that cannot be called | refused metamethod 'close'
local x <close> = setmetatable({}, { __close = 1 })
--- a failure whose pattern has too few values | refused no value
fail('%d and %d', 1)
--- a failure of a host that is no pattern | refused web1 failed
fail("%s failed", host)
--- a secret in text | refused secret
return 'x' .. secret 'TOKEN'
--- a secret's length | refused secret
return #secret 'TOKEN'
--- a secret in a failure | refused secret
fail('%s', secret 'TOKEN' .. '')
--- a secret in a command | refused a secret does not belong into a command
host:run(secret 'TOKEN')
--- a secret as a word of a command | refused a secret does not belong into a command
host:run { 'echo', secret 'TOKEN' }
--- a secret that is compared letter by letter | refused secret
return secret 'TOKEN' < 'm'
--- a secret that is read as a table | refused secret
return secret('TOKEN').value
--- a secret that is walked through | refused table expected
for k in next, secret 'TOKEN' do return k end
--- a secret as the key of JSON | refused secret
return json.encode { [secret 'TOKEN'] = 1 }
--- a secret in JSON | refused secret
return json.encode { a = secret 'TOKEN' }
--- a secret in base64 | refused secret
return base64.encode(secret 'TOKEN')
--- a secret in a file that everybody reads | refused everybody on the host could read
host:write('a', secret 'TOKEN', { mode = '0644' })
--- a secret whose name is a path | refused secret
return tostring(secret '../../etc/passwd')
--- functions in each that are none | refused each takes a list or a set
each(1, 2)
--- functions in all that are none | refused all takes functions, but
all { 1 }
--- a time of within that is none | refused within
within('soon', print)
--- JSON that is too deep | refused it is nested more than 100 deep (byte 101)
return json.decode(('['):rep(100000))
--- JSON that holds itself | refused goes round in a circle
local t = {}
t.t = t
return json.encode(t)
--- JSON with a key twice | refused JSON: the name "a" is there twice (byte 8)
return json.decode '{"a":1,"a":2}'
--- base64 that is none | refused base64
return base64.decode '%%%'
--- a seed for chance | refused randomseed
math.randomseed(1)
--- a key that is not in the table while it is walked | refused next(t, key) is not here: go
return next({ 1 }, 'evil')
--- an order that depends on addresses | refused with a table as a key has no order to go through it
for _ in pairs { [{}] = 1, [{}] = 2 } do end
--- an address of a table | returns table
return tostring({})
--- an address through a format | refused invalid
return ('%p'):format({})
