--- format args
-- in a hook
log("%s %s", host, host.name) log.warn("100%%") log.info("%5.1f", 2) print(1, nil, host) log(host.name, 1, 2)
--- host in numeric for
-- in a hook
for host = 1, 2 do log(tostring(host)) end
for deployment, host in pairs { a = { size = 1 } } do log(deployment .. host.size) end
for host in ("a,b"):gmatch "%a" do log(host:upper()) end
--- fn param defaults
local function d(host, deployment) host = host or { port_number = 1 }
  deployment = deployment or { labels_used = 1 }
  return host.port_number, deployment.labels_used end
-- in a hook
d({ port_number = 3 }, { labels_used = 2 })
--- while assign
-- in a hook
local target = deployment.targets:first()
while target do target = nil end
local n = 0
while n < 2 do n = n + 1 if n == 2 then break end end
--- repeat until
-- in a hook
local n = 0
local r = { code = 1 }
repeat n = n + 1 local r = host:try("true") until r.ok or n > 3
log(tostring(r.code))
repeat local ok = pcall(host.run, host, "true") until ok
--- host err
local function pick(list, name) for _, h in ipairs(list) do if h.name == name then return { entry = h } end end
  return nil, "none" end
-- in a hook
local host, err = pick(deployment.targets, host.name)
if not host then fail(err) end
log(host.entry.name)
local found
found, err = pick(deployment.targets, "web9")
if err then log(err) end
--- or http
local cache = {}
-- in a hook
local u = "https://example.com"
local response = cache[u] or http.get(u, { rehearse = "{}" })
if not response then response = http.get(u) end
cache[u] = response
log(response.body)
--- tools table
local tools = { run = function(list) return list.size end, check = function(v) return v.level end,
  read = function(x) return x.y end, when = function(c) return c.z end, once = function(q) return q.w end,
  undo = function(u, v) return u.a end, weight = function(w) return w.kg end }
-- in a hook
log(tostring(tools.run { size = 1 }) .. tostring(tools.check { level = 1 }) .. tostring(tools.read { y = 2 })
  .. tostring(tools.once { w = 1 }) .. tostring(tools.undo({ a = 1 }))
  .. tostring(tools.weight { kg = 1 }) .. tostring(tools.when { z = 1 }))
--- wrapped hook
local function locked(f) return function(host, deployment, ...) host:run "true" return f(host, deployment, ...) end
  end
local go = locked(function(host, d) return host.name .. d.group end)
-- in a hook
log(go(host, deployment))
--- chain newline
-- in a hook
local out = host:run("true", { timeout = "5s" })
  .stdout
  :gsub("a", "b")
local c = host:run "true".stdout
log(out .. c)
log(#deployment.targets > 1 and host.name or "x")
if #host:try("true").stdout > 0 then log "x" end
local n = tonumber(host:run("nproc", { rehearse = "4" }).stdout) or 1
log("n" .. n)
--- each strings
-- in a hook
each({ "a", "b" }, function(host) log(host:upper() .. host:len() .. host:sub(1, 1)) end)
for _, host in ipairs { "a" } do log(host:reverse()) end
for line in host:run("true").stdout:gmatch "[^\n]+" do log(line) end
--- json records
local function label(deployment) return deployment.tags.x .. deployment.branches[1] end
local function sum(result) return result.line + result.errors end
local function body(response) return response.bodies[1] end
-- in a hook
log(label { tags = { x = "a" }, branches = { "b" } }) log(tostring(sum { line = 1, errors = 2 }))
  log(body { bodies = { "x" } })
--- die
local function die(...) error(string.format(...), 0) end
local function chk(x) if x then error("a") else log "b" end if x then fail("q") return end log "c" end
local function two() return fail "x", nil end
-- in a hook
chk(false) log(tostring(pcall(die, "%s", "x"))) log(tostring(pcall(two)))
--- local log
local log = { error = function(...) return select("#", ...) end, trace = function(s) return s end }
local secret = { of = function(n) return n end }
local each = { x = 1 }
-- in a hook
print(log.error(1, 2) .. log.trace "s" .. secret.of "n" .. each.x)
--- accumulate
-- in a hook
local bad = {}
for i, h in ipairs(deployment.targets) do
  local r = h:try("true", { timeout = "3s", env = { I = tostring(i) } })
  if not r.ok then bad[#bad + 1] = ("%s: %d"):format(h.name, r.status) end
end
if #bad > 0 then fail("%d bad: %s", #bad, table.concat(bad, ", ")) end
--- while try
-- in a hook
local tries = 0
while not host:try("true").ok and tries < 3 do tries = tries + 1 sleep(1) end
assert(host:try("true").ok, "bad")
local f = host.try log(tostring(f(host, "true").ok))
local r <const> = host:try "true" if r.status ~= 0 then log "x" end
--- methods with same name
local Deploy = {} Deploy.__index = Deploy
Deploy.targetz = function(self) return "t" end
local function show(deployment) return deployment:targetz() end
-- in a hook
log(show(setmetatable({}, Deploy)))
--- index function
local proxy = setmetatable({}, { __index = function(_, k) return function(...) return k end end })
local function use(host) return host.named() .. host:runs("x", 1, 2) end
-- in a hook
log(use(proxy))
--- reuse param
local function norm(host) host = type(host) == "string" and { title = host } or host return host.title end
local function norm2(host) if type(host) == "string" then host = { tag = host } end return host.tag end
-- in a hook
log(norm "x" .. norm2 "y")
--- swap
-- in a hook
local a, b = host, { kind = "x" }
a, b = b, a
log(a.kind .. b.name)
local r = host:try "true"
local s = { level = 3 }
r, s = s, r
log(r.level .. tostring(s.ok))
--- return table of fns
local function api(host) local self = {} function self.run(cmd, a, b) return host:run(cmd .. a .. b) end
  function self:names() return host.name end return self end
-- in a hook
local h = api(host) h.run("true", 1, 2) log(h:names())
--- hex exp
-- in a hook
each({ 1 }, function() end, { limit = 0xF })
each({ 1 }, function() end, { limit = 1e1 // 1 | 0 })
host:wait_for { port = 0x1F90, timeout = 0x10, every = 1e0 }
retry({ times = 0x3, every = .5 }, function() host:run "true" end)
--- strings escapes
-- in a hook
host:write("a\tb", "x\0y", { mode = "\048644" })
host:run("true", { timeout = "5\115", user = "r\111ot" })
host:run('true', { timeout = '5s' })
--- nil args
-- in a hook
host:run("true", nil)
local o host:run("true", o)
host:write("a", "b", nil)
local opts = nil each({ 1 }, function() end, opts) each({ 1 }, function() end, nil)
--- pcall result
-- in a hook
local ok, r = pcall(function() return host:try "true" end)
if ok and r and r.ok then log "x" end
local r2 = host:try "true"
if r2 and r2.ok then log "y" end
local r3 = r2 and r2.ok and host:try("true") or r2
log(r3.stdout)
--- nested fn shadow
-- in a hook
local function outer() local host = { inner = function(self) return "i" end } return function() return host:inner()
  end end
log(outer()()) log(host.name)
--- recursion
local walk
walk = function(t, f) for k, v in pairs(t) do if type(v) == "table" then walk(v, f) else f(k, v) end end end
-- in a hook
walk({ a = { b = 1 } }, function(k, v) log(k .. v) end)
--- goto continue
-- in a hook
for _, h in ipairs(deployment.targets) do
  if h.name == host.name then goto continue end
  do local x = h:exists("x", { rehearse = true }) if not x then fail "no" end end
  ::continue::
end
--- nil check of a result
-- in a hook
local r = host:try "true"
if r and r.ok then log "x" end
if not r or not r.ok then log "y" end
--- fields added to a result
local function mark(r) r.attempt = 1 return r end
-- in a hook
local r = host:try "true"
mark(r)
log(tostring(r.attempt))
local s = host:try "true"
for _, k in ipairs { "a" } do s[k] = k end
log(s.a)
--- texts and comments with rare characters
-- in a hook
local a, b = "one\z
   two", [[
5s]]
log(a .. b) -- a line separator   host.nothing
local n = 1e-3 + .5 + 0x.8p1 + 0xA
log(tostring(n))
--- parameter reassigned by a closure
-- in a hook
local function f() host = { kind = 1 } end
f()
log(tostring(host.kind))
--- hook that names its host otherwise
local function go(deployment) return deployment:run("true") end
-- in a hook
go(host)
--- members before a variable on the left
local t = {}
-- in a hook
local r = host:try "true"
t.x, r = 1, { level = 2 }
log(tostring(r.level))
--- labels before assignments
-- in a hook
local r = host:try "true"
::again::
r = { count = 1 }
if r.count > 1 then goto again end
--- shifts
local function bits(a) return a << 1, a >> 1 end
-- in a hook
local a = 1 << 2
local r = host:try "true"
log(tostring(a) .. r.stdout)
--- lines of a result
-- in a hook
for _, line in ipairs(host:run("true"):lines()) do log(line) end
