-- What haproxy asks of balancers, and what it makes of their answers.

local haproxy = require "haproxy"

group "fleet" { hosts = { "web1", "web2" } }
group "lb" { hosts = { "lb1", "lb2" } }

local function probe(name, options, more)
  local body = { revision = bundle { from = "dist" }, path = "/srv/" .. name, targets = group "fleet", base = haproxy(options) }
  for key, value in pairs(more or {}) do body[key] = value end
  recipe(name)(body)
end

probe("plain", { balancers = "lb", backend = "web" })
probe("renamed", { balancers = "lb", backend = "web", server = "s-{host}", user = "haproxy" })
probe("strict", { balancers = "lb", backend = "web", drain = "3s", late = "fail" })
probe("impatient", { balancers = "lb", backend = "web", up = "2s" })
probe("numeric", { balancers = "lb", backend = "web", drain = 3 })
probe("brief", { balancers = "lb", backend = "web", drain = "1500ms" })
probe("zoned", { balancers = "lb", backend = "web", server = "{zone}" })
probe("closing", { balancers = "lb", backend = "web", drain = "3s", late = "close" })
probe("stopping", { balancers = "lb", backend = "web" }, { on = { ApplicationStart = function(host) host:run "bin/start" end } })

--- Declares a recipe that gives blue a share of the traffic, then brings the release, and gives all of the traffic to green.
local function shifting(name, blue, pools)
  probe(name, { balancers = "lb", backend = "web", pools = pools }, {
    strategy = strategy(name) (function(rollout)
      rollout:shift { weights = { blue = blue, green = 100 - blue } }
      rollout:wave(rollout.targets)
      rollout:shift { to = "green" }
    end),
  })
end

shifting("shifting", 75, { blue = { "web1" }, green = { "web2" } })
shifting("sliver", 1, { blue = { "web1" }, green = { "web2" } })
shifting("doubled", 57, { blue = { "web1", "s-web1" }, green = { "web2", "s-web2" } })
shifting("too_fine", 1, { blue = { "a", "b", "c", "d", "e" }, green = { "web2" } })

--- Returns what HAProxy says about servers: { web1 = { op, admin, weight, sessions, queued } }.
local function state(servers)
  local lines = { "1", "# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight" }
  for _, name in ipairs { "web1", "web2", "s-web1", "s-web2", "a", "b", "c", "d", "e" } do
    local one = servers[name]
    if one then
      lines[#lines + 1] = string.format("3 web 1 %s 10.0.0.1 %d %d %d", name, one.op or 2, one.admin or 0, one.weight or 1)
      lines[#lines + 1] = string.format("web,%s,%s,0,%d,9,", name, one.queued or 0, one.sessions or 0)
    end
  end
  return table.concat(lines, "\n") .. "\n"
end

local both = { web1 = {}, web2 = {} }

--- Returns the state of both servers, both drained. name, one: a server with another state, and that state.
local function drained(name, one)
  local servers = { web1 = { admin = 8 }, web2 = { admin = 8 } }
  if name then servers[name] = one end
  return state(servers)
end

--- Returns the answers of a healthy HAProxy: servers are drained until one is set ready. first: the answers that come before these.
local function answers(first)
  local list = first or {}
  list[#list + 1] = { command = "state ready", stdout = state(both) }
  list[#list + 1] = { command = "show servers state", stdout = drained() }
  return list
end

local show = "admin.sock show servers state" -- a command that sets nothing

--- Returns the states that were set on a balancer, in order.
local function set(run, balancer)
  local found = {}
  for _, one in ipairs(run.commands) do
    local what = one.host == balancer and one.command:match "set server (web/%S+ %a+ [%a%d]+)"
    if what then found[#found + 1] = what end
  end
  table.sort(found)
  return found
end

describe("haproxy", function()
  it("takes each host out on every balancer and brings it back", function(t)
    local run = t:deploy("plain", { answers = answers() })
    t:expect(run.status):equals "succeeded"
    local all = { "web/web1 state drain", "web/web1 state ready", "web/web2 state drain", "web/web2 state ready" }
    t:expect(set(run, "lb1")):equals(all)
    t:expect(set(run, "lb2")):equals(all)
    t:expect(run.log):contains "web1 gets traffic"
    t:expect(run.log):contains "web1 gets no new connections"
    t:expect(run.commands[1].command:find "^sh %-c "):equals(1)
  end)

  it("names the variable that a server's name needs and a host has not", function(t)
    local words = "haproxy: nothing is known to stand for {zone} of host web1: give it vars = { zone = … }"
    t:expect(t:deploy("zoned").failure):contains(words)
  end)

  --- Returns how often lb1 was checked while web1 had connections that did not end, and how long the deployment took.
  local function checks(t, name)
    local list = answers { { command = "state ready", stdout = state(both) },
      { command = "haproxy", host = "lb1", stdout = drained("web1", { admin = 8, sessions = 2 }) } }
    for _, one in ipairs(list) do one.takes = "1ms" end
    local run = t:deploy(name, { answers = list })
    return run:ran(show, "lb1"), run.took
  end

  it("checks five times a second at first, and each second then, until the time to drain is over", function(t)
    local plain, took = checks(t, "plain")
    -- Four more: a check of each of two hosts before, and one when each comes back.
    t:expect(plain):equals(4 + 5 + 29)
    t:expect(took > 30 and took < 40):equals(true)
    t:expect((checks(t, "numeric"))):equals(4 + 5 + 2)
    t:expect((checks(t, "brief"))):equals(4 + 5 + 1)
  end)

  it("counts connections that wait in line, and takes a line that does not say so for none", function(t)
    local function with(queued)
      local waits = { command = "web/web1 state drain", host = "lb1", stdout = drained("web1", { admin = 8, queued = queued }) }
      return t:deploy("plain", { answers = answers { waits } }):ran(show, "lb1")
    end
    t:expect(with(1)):equals(with "" + 1)
    local without = state { web1 = { admin = 8 }, web2 = { admin = 8 } }:gsub("web,[^\n]*\n", "")
    local run = t:deploy("plain", { answers = answers { { command = "web/web1 state drain", host = "lb1", stdout = without } } })
    t:expect(run:ran(show, "lb1")):equals(with "")
  end)

  it("fails a host that somebody brings back while it drains, and one that HAProxy does not bring back", function(t)
    local busy = { command = "web/web1 state drain", host = "lb1", stdout = drained("web1", { admin = 8, sessions = 2 }), times = 1 }
    local first = { command = show, host = "lb1", stdout = drained(), times = 1 }
    local back = { command = show, host = "lb1", stdout = state(both) }
    local run = t:deploy("plain", { answers = answers { busy, first, back } })
    t:expect(run.failure):contains "somebody brought web/web1 of HAProxy on lb1 back while it was to drain"
    run = t:deploy("plain", { answers = { { command = "state ready", stdout = "Permission denied\n" .. drained() },
      { command = "show servers state", stdout = drained() } } })
    t:expect(run.failure):contains "did not bring web/web1 back: Permission denied"
  end)

  it("brings a host back that fails, in the same way", function(t)
    local run = t:deploy("stopping", { answers = answers(), fails = { web1 = "ApplicationStart" } })
    t:expect(run.exit):equals(10)
    t:expect(set(run, "lb1")):equals { "web/web1 state drain", "web/web1 state ready" }
  end)

  it("speaks of hosts by the name that they have there, as the user that may", function(t)
    local run = t:deploy("renamed", { answers = {
      { command = "state ready", stdout = state { ["s-web1"] = {}, ["s-web2"] = {} } },
      { command = "show servers state", stdout = state { ["s-web1"] = { admin = 8 }, ["s-web2"] = { admin = 8 } } },
    } })
    t:expect(run.status):equals "succeeded"
    t:expect(run:ran("set server web/s-web2 state ready", "lb2")):equals(1)
    t:expect(run.commands[1].user):equals "haproxy"
  end)

  it("waits until the connections of a host have ended", function(t)
    local busy = { command = "web/web1 state drain", host = "lb1", stdout = drained("web1", { admin = 8, sessions = 2 }) }
    local still = { command = show, host = "lb1", stdout = drained("web1", { admin = 8, sessions = 1 }), times = 3 }
    local run = t:deploy("plain", { answers = answers { busy, still } })
    t:expect(run.status):equals "succeeded"
    t:expect(run:ran(show, "lb1") >= 4):equals(true)
    t:expect(run.log):lacks "is stopped all the same"
  end)

  it("stops a host all the same when its connections do not end, and says so; or fails it, if it is to", function(t)
    local busy = drained("web1", { admin = 8, sessions = 2 })
    local list = { { command = "state ready", stdout = state(both) }, { command = "haproxy", host = "lb1", stdout = busy } }
    local run = t:deploy("plain", { answers = answers(list) })
    t:expect(run.status):equals "succeeded"
    t:expect(run.log):contains "web/web1 of HAProxy on lb1 still has 2 connections after 30s: the host is stopped all the same"
    run = t:deploy("strict", { answers = answers(list) })
    t:expect(run.status):equals "failed"
    t:expect(run.failure):contains "web/web1 of HAProxy on lb1 still has 2 connections after 3s"
  end)

  it("closes connections that do not end, if it is to", function(t)
    local busy = { command = "web/web1 state drain", host = "lb2", stdout = drained("web1", { admin = 8, sessions = 2 }) }
    local still = { command = show, host = "lb2", stdout = drained("web1", { admin = 8, sessions = 2 }), times = 9 }
    local run = t:deploy("closing", { answers = answers { busy, still } })
    t:expect(run.status):equals "succeeded"
    t:expect(run:ran("shutdown sessions server web/web1", "lb2")):equals(1)
    t:expect(run:ran "shutdown sessions"):equals(1)
  end)

  it("fails a host that HAProxy did not take out, with what HAProxy says", function(t)
    local run = t:deploy("plain", { answers = answers { { command = "state drain", stdout = "Permission denied\n" .. state(both) } } })
    t:expect(run.status):equals "failed"
    t:expect(run.failure):contains "did not take web/web1 out: Permission denied"
  end)

  it("fails a host that HAProxy does not call up in time", function(t)
    local down = { web1 = { op = 0 }, web2 = {} }
    local answered = { { command = "state drain", stdout = drained(), takes = "1ms" },
      { command = "haproxy", stdout = state(down), takes = "1ms" } }
    local run = t:deploy("impatient", { answers = answered })
    t:expect(run.status):equals "failed"
    t:expect(run.failure):contains "does not call web/web1 up after 2s: its health check fails"
    -- Two seconds on the way out, two more on the way back, and the time that the commands take.
    t:expect(run.took > 6):equals(true)
    t:expect(run:ran(show, "lb1") >= 6):equals(true)
  end)

  it("names a server and a backend that HAProxy does not know", function(t)
    local run = t:deploy("plain", { answers = { { command = "show servers state", stdout = state { web2 = {} } } } })
    t:expect(run.failure):contains "has no server web1; it has web2"
    local others = state { web2 = {}, ["s-web1"] = {}, ["s-web2"] = {}, a = {}, b = {}, c = {}, d = {} }
    run = t:deploy("plain", { answers = { { command = "show servers state", stdout = others } } })
    t:expect(run.failure):contains "it has a, b, c, d, s-web1, s-web2, web2"
    run = t:deploy("plain", { answers = { { command = "show servers state", stdout = "Can't find backend.\n" } } })
    t:expect(run.failure):contains "has no servers of backend web: Can't find backend."
  end)

  it("leaves a server in maintenance that a person put there", function(t)
    local kept = state { web1 = { admin = 1 }, web2 = { admin = 1 } }
    local run = t:deploy("plain", { answers = { { command = "show servers state", stdout = kept } } })
    t:expect(run.status):equals "succeeded"
    t:expect(run:ran "state ready"):equals(0)
    t:expect(run:ran "state drain"):equals(0)
    t:expect(run.log):contains "web/web1 of HAProxy on lb2 is in maintenance, and stays there: somebody took it out"
  end)

  --- Returns what HAProxy says when weights are set: 225 and 75 mean three quarters, and 200 and 0 mean everything.
  local function weighing(first)
    local function at(blue, green)
      local servers = state { web1 = { weight = blue, admin = 8 }, web2 = { weight = green, admin = 8 } }
      return { command = string.format("web/web1 weight %d;set server web/web2 weight %d;", blue, green), stdout = servers }
    end
    local list = { at(225, 75), at(0, 200), at(200, 0), { command = "state ready", stdout = state(both) } }
    list[5] = { command = "show servers state", stdout = first or at(100, 0).stdout }
    return list
  end

  it("shares traffic by weights on every balancer, reads them back, and puts back what was before", function(t)
    local run = t:deploy("shifting", { answers = weighing() })
    t:expect(run.status):equals "succeeded"
    t:expect(run.decisions):equals { "stage upload", "stage rollout", "shift blue 75 %, green 25 %", "wave 1: 2 hosts",
      "shift blue 0 %, green 100 %" }
    t:expect(run:ran("web/web1 weight 225;set server web/web2 weight 75", "lb2")):equals(1)
    local bad = t:deploy("shifting", { answers = weighing(), fails = { web1 = "Install" } })
    t:expect(bad.status):equals "failed"
    t:expect(bad:ran("web/web1 weight 200;set server web/web2 weight 0", "lb2")):equals(1)
  end)

  it("fails a shift after which HAProxy has other weights", function(t)
    local stubborn = state { web1 = { weight = 1 }, web2 = { weight = 0 } }
    local run = t:deploy("shifting", { answers = { { command = "show servers state", stdout = stubborn } } })
    t:expect(run.status):equals "failed"
    t:expect(run.failure):contains "gives web/web1 the weight 1, and 225 was asked for: 1"
    local said = { command = "set server", stdout = "  Backend is locked\n" .. stubborn }
    run = t:deploy("shifting", { answers = { said, { command = "show servers state", stdout = stubborn } } })
    t:expect(run.failure):contains "and 225 was asked for: Backend is locked"
  end)

  it("shares a pool's part among its servers, with no weight over 256, and leaves the least part a weight", function(t)
    local four = state { web1 = {}, ["s-web1"] = {}, web2 = {}, ["s-web2"] = {} }
    local run = t:deploy("doubled", { answers = { { command = "show servers state", stdout = four } } })
    t:expect(run:ran("set server web/s-web1 weight 228;set server web/s-web2 weight 172;set server web/web1 weight 228;"
      .. "set server web/web2 weight 172", "lb1")):equals(1)
    run = t:deploy("sliver", { answers = { { command = "show servers state", stdout = state(both) } } })
    t:expect(run:ran("web/web1 weight 2;set server web/web2 weight 198", "lb1")):equals(1)
  end)

  it("reads shares that are no whole per cent as the nearest that sum to 100", function(t)
    local thirds = state { web1 = { weight = 1, admin = 8 }, web2 = { weight = 2, admin = 8 } }
    local list = weighing(thirds)
    for _, one in ipairs(list) do one.optional = true end
    local run = t:deploy("shifting", { answers = list, fails = { web1 = "Install" } })
    t:expect(run:ran("web/web1 weight 99;set server web/web2 weight 201", "lb1") > 0):equals(true)
  end)

  it("refuses shares finer than weights are, a server that is not there, and pools without any weight", function(t)
    local fine = { web2 = {} }
    for _, name in ipairs { "a", "b", "c", "d", "e" } do fine[name] = {} end
    local run = t:deploy("too_fine", { answers = { { command = "show servers state", stdout = state(fine) } } })
    t:expect(run.failure):contains "HAProxy has whole weights to 256, and the nearest to blue 1 %, green 99 % is blue 2 %, green 98 %"
    run = t:deploy("shifting", { answers = { { command = "show servers state", stdout = state { web1 = {} } } } })
    t:expect(run.failure):contains "pool green has a server web2, and HAProxy on lb1 has none of that name"
    local none = state { web1 = { weight = 0 }, web2 = { weight = 0 } }
    run = t:deploy("shifting", { answers = { { command = "show servers state", stdout = none } } })
    t:expect(run.failure):contains "HAProxy on lb1 gives no server of the pools any weight"
  end)

  it("says so when balancers share the traffic otherwise", function(t)
    local list = weighing()
    list[3].optional = true -- nothing is put back
    table.insert(list, 1, { command = show, host = "lb2", times = 1, stdout = state { web1 = { weight = 3 }, web2 = { weight = 1 } } })
    local run = t:deploy("shifting", { answers = list })
    t:expect(run.log):contains "balancers share otherwise: blue 75 %, green 25 % on lb2, blue 100 %, green 0 % on the first"
  end)

  it("refuses options that make no sense", function(t)
    t:expect(function() haproxy { backend = "web" } end):fails "option \"balancers\" is needed"
    t:expect(function() haproxy { balancers = "lb", backend = "web;shutdown" } end):fails "backend"
    t:expect(function() haproxy { balancers = "lb", backend = "web", late = "wait" } end):fails "late"
    t:expect(function() haproxy { balancers = "lb" } end):fails "option \"backend\" is needed"
    local function pools(given) return function() haproxy { balancers = "lb", backend = "web", pools = given } end end
    t:expect(pools { blue = {} }):fails "pool blue needs a list of servers"
    t:expect(pools { blue = { "web 1" } }):fails "web 1 in pool blue is no server's name"
    t:expect(pools { blue = { "web1" }, green = { "web1" } }):fails "server web1 is in two pools, blue and green"
  end)
end)
