--- local functions
local function helper(h, what) return h:run("echo " .. quote(what), { timeout = "5s" }) end
-- in a hook
helper(host, "x")
--- table of functions
local M = {}
function M.start(h) h:run "true" end
function M:stop(h, ...) h:run(table.concat({ "true", ... }, " ")) end
-- in a hook
M.start(host) M:stop(host, "a", "b")
local t = { run = M.start, ["stop"] = function(x) x:run "true" end }
t.run(host) t.stop(host) t["stop"](host)
--- metatables
local Box = {} Box.__index = Box
function Box.new(h) return setmetatable({ host = h, name = h.name }, Box) end
function Box:names() return { self.name } end
function Box:run(cmd, n, m, o) return self.host:run(cmd .. n .. m .. o) end
-- in a hook
local host = Box.new(host)
host:run("true", 1, 2, 3)
for _, n in ipairs(host:names()) do log(n) end
--- goto
-- in a hook
for i = 1, 3 do
  if i == 2 then goto continue end
  host:run "true"
  ::continue::
end
do goto host end
::host::
log "x"
--- string methods
-- in a hook
local s = host.name:upper():lower():rep(2, "-")
log(("%s %d"):format(s, #s))
local a, b = s:find("web", 1, true)
log(s:gsub("%d", "x"):sub(1, 3))
log(host:run("true").stdout:match "^%s*(.-)%s*$")
--- shadow param
local function f(log, quote, fail, each) return log(quote, fail, each, 5) end
-- in a hook
log(f(function(a, b, c, d) return a end, "q", 2, 3))
--- shadow local
local http = { get = function(a, b, c) return { name = a } end }
local json = { pretty = function(x) return "x" end }
local retry = function(n, f) return f(n) end
-- in a hook
log(http.get("a", "b", "c").name) log(json.pretty {}) retry(3, function(n) log(n) end)
--- multi assign param
local function pick(h) return { flavour = "a", host = h }, 2 end
-- in a hook
local extra
host, extra = pick(host)
log(host.flavour .. extra)
--- multi assign local
-- in a hook
local r, n = host:try("true"), 1
r, n = { count = 1 }, 2
log(tostring(r.count) .. n)
--- repeat scope
local left = 0
local function take() left = left + 1 return { done = left > 2 } end
-- in a hook
repeat
  local deployment = take()
  local host = deployment
until deployment.done and host.done
--- semicolons
local function wrap(h) return { inner = h, flavour = 1 } end
-- in a hook
local x = 1; host = wrap(host); log(tostring(host.flavour)); deployment = { count = x };
  log(tostring(deployment.count))
--- dot call
-- in a hook
host.run(host, "true")
local run = host.run
run(host, "true")
pcall(host.run, host, "true")
--- several values by table call
local function pair(t) return t[1], t[2] end
local P = {} function P:pair(s) return s, "text" end
-- in a hook
host:write(pair { "a", "b" })
host:write(P:pair "a")
host:link(pair { "/a", "b" })
host:write(pair({ "a", "b" }))
--- own task table
local task = { run = function(list, name) return list.items[name] end }
local stage = { run = function(host) return host.kinds end }
-- in a hook
log(tostring(task.run({ items = { a = 1 } }, "a")))
log(tostring(stage.run { kinds = "x" }))
--- param named host is a table
local function label(host) return host.names .. host.ports end
-- in a hook
log(label { names = "a", ports = "b" })
--- param named deployment
local function tell(deployment) return deployment.target .. deployment.parameters end
-- in a hook
log(tell { target = "a", parameters = "b" })
--- on table own
local on = { AfterInstall = function(list) return list.size end }
-- in a hook
log(tostring(on.AfterInstall { size = 3 }))
--- closure later assign
-- in a hook
local v = host:try("true")
local function f() return v.count end
v = { count = 1 }
log(tostring(f()))
--- loop reassign
-- in a hook
local r = host:try("true")
for i = 1, 3 do
  if i > 1 then log(tostring(r.attempt)) end
  r = { attempt = i }
end
--- fail forms
local function must(v, m) return v or fail("%s is missing", m) end
local function stop(m) fail(m) end
-- in a hook
must(host.name, "name")
local ok, e = pcall(stop, "x")
local ok2 = pcall(function() error({ code = 5 }, 2) end)
if not host.name then fail "no" end
log(tostring(ok) .. tostring(ok2))
--- fail redefined
local fail = function(m) log(m) end
local function error(m) log(m) end
-- in a hook
fail "x"
log "still here"
error("y")
log "and here"
--- numbers
-- in a hook
host:run("true", { timeout = 5, retry = { times = 2, every = 0.5, backoff = 1.5 } })
sleep(0.5) sleep(1e0) within(60, function() host:run "true" end)
each({ 1, 2 }, function(n) log(tostring(n)) end, { limit = 0x2 })
--- options built
local function opts(t) t.timeout = "5s" return t end
-- in a hook
local o = { timeout = "5s" }
host:run("true", o) host:run("true", opts {}) host:run("true", host.vars.never and { timeout = "5s" } or nil)
host:run("true", nil) host:write("a", "b", nil)
host:run("true", { ["timeout"] = "5s", env = setmetatable({}, {}) })
--- answers
-- in a hook
local r = host:try "true"
local msg = r.ok and "good" or "bad " .. r.status
log(msg .. tostring(r.ok) .. #r.stdout)
if (host:try("true")).ok then log "x" end
local ok = host:exists "x" and "yes" or "no"
log("is " .. ok) log("is " .. (host:exists "x" and "y" or "n"))
local a = not host:exists "x"
--- long strings
-- in a hook
host:run [[
  echo "a"  # no comment
  exit 0
]]
host:run([==[echo ]] ]==])
host:write("a", [[{ "b": 1 }]], { mode = "0600" })
--- string dump coroutine
-- in a hook
local co = coroutine and coroutine.wrap(function(a) local b = coroutine.yield(a) return b end)
if co then log(tostring(co(1)) .. tostring(co(2))) end
--- integer division bits
-- in a hook
local n = 7 // 2 ~ 1 & 3 | 4 << 1
log(tostring(~n) .. (n >> 1))
local t <const> = { [1] = "a"; "b", c = 1; }
local c <close> = setmetatable({}, { __close = function() log "closed" end })
log(#t .. "")
--- service
-- in a hook
local s = host:service("state", "shop")
if s.active and not s.enabled then log(s.state .. (s.detail or "")) end
host:service("restart", "shop", { sudo = true, stays = 2 })
host:service(s.active and "reload" or "start", "shop")
--- http
-- in a hook
local r = http.get("https://example.com/x", { status = { 200, 404 }, rehearse = { status = 404, body = "{}" } })
if r.status == 404 then log(r.body) end
local j = r:json()
log(tostring(j.anything and j.anything.deep))
http.post("https://example.com", { json = { a = json.null, b = json.list {} }, headers = { A = "b" } })
--- method on result table
local Tracker = {} Tracker.__index = function(t, k) return function(_, ...) return k end end
local function mk() return setmetatable({}, Tracker) end
-- in a hook
local rollout = mk()
log(rollout:waves(1)) log(rollout:anything())
local hosts = mk() log(hosts:batch "x")
--- param hosts object
local T = require "tracker"
local function use(rollout) return rollout:waves(1) .. rollout:approves() end
-- in a hook
log(use(T.new()))
--- here
-- in a hook
local r = here:try("true", { timeout = "3s" })
log(tostring(r.status)) if here:read("deploy.lua", { default = "" }) == "" then log "e" end
--- secrets
-- in a hook
host:run("true", { env = { A = secret "A", B = secret.format("x%sy", secret "A") }, input = secret("A") })
host:write("f", secret "A")
local b = secret("A"):bearer()
--- else chains
-- in a hook
local host = host
if host.slot then log "s" elseif host.previous then log(host.previous:sub(1, 4)) else log "n" end
do local host = { size = 1 } log(tostring(host.size)) end
log(host.name)
--- host field set
local cache = {}
-- in a hook
cache[host] = { host = host, run = function(self, a, b, c) return a end }
log(cache[host]:run("a", "b", "c"))
local h = cache[host].host h:run "true"
--- sort compare
-- in a hook
local list = {} for _, h in ipairs(deployment.targets) do list[#list + 1] = h end
table.sort(list, function(a, b) return a.name < b.name end)
log(list[1].name) log(table.concat({ "a", 1, 2.5 }, ", "))
--- return mid
local function early(h) if h.name then return h:exists "x" end do return end end
-- in a hook
log(tostring(early(host)))
--- error then do
-- in a hook
local function f(x) if x then error "a" end log "fine" end
f(false)
local g = function() error("b") end
log "next"
local t = { on = function() fail("x") end, log = log }
t.log "y"
