-- What nginx asks of balancers, and what it makes of their answers.

local nginx = require "nginx"

group "fleet" { hosts = { "web1", host "web2" { address = "10.0.0.2" } }, vars = { port = 8080 } }
group "lb" { hosts = { "lb1", "lb2" } }

local function probe(name, options, more)
  local body = { revision = bundle { from = "dist" }, path = "/srv/" .. name, targets = group "fleet", base = nginx(options) }
  for key, value in pairs(more or {}) do body[key] = value end
  recipe(name)(body)
end

local upstream = "/etc/nginx/conf.d/web.conf"
probe("plain", { balancers = "lb", upstream = upstream, user = "root" })
probe("strict", { balancers = "lb", upstream = upstream, drain = 5, late = "fail" })
probe("named", { balancers = "lb", upstream = upstream, server = "{host}.internal:{port}" })
probe("zoned", { balancers = "lb", upstream = upstream, server = "{zone}" })

--- Declares a recipe that gives blue a share of the traffic, then brings the release, and gives all of the traffic to green.
local function shifting(name, blue)
  probe(name, { balancers = "lb", pools = { "blue", "green" }, split = "/etc/nginx/split.conf" }, {
    strategy = strategy(name) (function(rollout)
      rollout:shift { weights = { blue = blue, green = 100 - blue } }
      rollout:wave(rollout.targets)
      rollout:shift { to = "green" }
    end),
  })
end

shifting("shifting", 90)
shifting("sliver", 1)

--- Returns what was done to servers on a balancer, such as "down web1:8080".
local function changes(run, balancer)
  local found = {}
  for _, one in ipairs(run.commands) do
    local what, server = one.command:match("nginx (%a+) " .. upstream:gsub("%.", "%%.") .. " (%S+)")
    if one.host == balancer and what then found[#found + 1] = what .. " " .. server end
  end
  table.sort(found)
  return found
end

local reads = "nginx /etc/nginx/split.conf" -- no other command ends like this

local function split(lines)
  return "# Written by lander.\nsplit_clients \"$request_id\" $lander_pool {\n" .. lines .. "}\n"
end

describe("nginx", function()
  it("takes each host out on every balancer and brings it back, as the user that may", function(t)
    local run = t:deploy("plain")
    t:expect(run.status):equals "succeeded"
    local all = { "down 10.0.0.2:8080", "down web1:8080", "up 10.0.0.2:8080", "up web1:8080" }
    t:expect(changes(run, "lb1")):equals(all)
    t:expect(changes(run, "lb2")):equals(all)
    t:expect(run.commands[1].user):equals "root"
    t:expect(run.commands[1].command:find "^sh %-c "):equals(1)
    t:expect(run.commands[1].command):contains "nginx -t"
    t:expect(run.commands[1].command):contains "nginx -s reload"
    t:expect(run.log):contains "web1 gets no requests"
    t:expect(run.log):contains "web1 gets traffic"
    t:expect(run.log):lacks "/etc/nginx/conf.d/web.conf on lb1: "
  end)

  it("says what nginx warns of", function(t)
    local run = t:deploy("plain", { answers = { { command = "down " .. upstream, host = "lb1", stderr = "\n port 80 is used twice \n" } } })
    t:expect(run.status):equals "succeeded"
    t:expect(run.log):contains "/etc/nginx/conf.d/web.conf on lb1: port 80 is used twice"
  end)

  it("names the variable that a server's name needs and a host has not", function(t)
    local words = "nginx: nothing is known to stand for {zone} of host web1: give it vars = { zone = … }"
    t:expect(t:deploy("zoned").failure):contains(words)
  end)

  it("speaks of hosts by the name that they have there", function(t)
    t:expect(changes(t:deploy("named"), "lb1")):contains "down web1.internal:8080"
  end)

  it("waits for the workers that still serve, and for no others", function(t)
    local run = t:deploy("plain", { answers = { { command = "down " .. upstream .. " web1", host = "lb2", stdout = "812\n977\n" } } })
    t:expect(run.status):equals "succeeded"
    t:expect(run:ran("nginx 30 812 977", "lb2")):equals(1)
    t:expect(run:ran("nginx 30", "lb1")):equals(0)
  end)

  it("stops a host all the same when requests do not end, or fails it if it is to", function(t)
    local answers = { { command = "down " .. upstream, host = "lb1", stdout = "812\n" }, { command = "812", status = 75 } }
    local run = t:deploy("plain", { answers = answers })
    t:expect(run.status):equals "succeeded"
    t:expect(run.log):contains("nginx on lb1 still serves requests that were there before web1 left, after 30 s: "
      .. "the host is stopped all the same")
    run = t:deploy("strict", { answers = answers })
    t:expect(run.status):equals "failed"
    t:expect(run.failure):contains "before web1 left, after 5 s"
  end)

  it("fails a host with what nginx said, and the host comes back", function(t)
    local said = "nginx refuses the configuration\n"
    local refuses = { command = "up " .. upstream .. " web1", host = "lb1", status = 46, stderr = said, times = 1 }
    local run = t:deploy("plain", { answers = { refuses } })
    t:expect(run.status):equals "failed"
    t:expect(run.failure):contains "/etc/nginx/conf.d/web.conf: nginx refuses the configuration"
    t:expect(run.hosts.web1.release):equals "earlier"
  end)

  it("writes shares as a block, and reads back what it wrote", function(t)
    local run = t:deploy("shifting", { answers = {
      { command = reads, host = "lb1", stdout = split "  * blue;\n", times = 1 },
      { command = reads, host = "lb2", stdout = split "  * blue;\n", times = 1 },
      { command = reads, host = "lb1", stdout = split "  90% blue;\n  * green;\n", times = 1 },
      { command = reads, host = "lb2", stdout = split "  90% blue;\n  * green;\n", times = 1 },
      { command = reads, stdout = split "  * green;\n" },
    } })
    t:expect(run.status):equals "succeeded"
    t:expect(run.decisions):contains "shift blue 90 %, green 10 %"
    t:expect(run.decisions):contains "shift blue 0 %, green 100 %"
    t:expect(run:ran("write /etc/nginx/split.conf")):equals(4)
    t:expect(run:ran "write /etc/nginx/split.conf ~"):equals(0)
  end)

  it("takes no comment for a share", function(t)
    local run = t:deploy("shifting", { answers = {
      { command = reads, host = "lb1", times = 1,
        stdout = "# split_clients $x $lander_pool { * red; }\n" .. split "  # * red;\n  * blue;\n" },
      { command = reads, host = "lb2", stdout = split "  * blue; # * red;\n", times = 1 },
      { command = reads, host = "lb1", stdout = split "  90% blue;\n  * green;\n", times = 1 },
      { command = reads, host = "lb2", stdout = split "  90% blue;\n  * green;\n", times = 1 },
      { command = reads, stdout = split "  * green;\n" },
    } })
    t:expect(run.status):equals "succeeded"
  end)

  it("leaves the least part its line, and says so when balancers share the traffic otherwise", function(t)
    local run = t:deploy("sliver", { answers = {
      { command = reads, host = "lb1", stdout = split "  * blue;\n", times = 1 },
      { command = reads, host = "lb2", stdout = split "  * green;\n", times = 1 },
      { command = reads, stdout = split "  1% blue;\n  * green;\n", times = 2 },
      { command = reads, stdout = split "  * green;\n" },
    } })
    t:expect(run.status):equals "succeeded"
    t:expect(run.log):contains "lb2 shares otherwise than the first balancer"
    t:expect(run.log):lacks "lb1 shares otherwise than the first balancer"
  end)

  it("refuses to shift what it cannot read, and what somebody else writes", function(t)
    local run = t:deploy("shifting", { answers = { { command = reads, stdout = "" } } })
    t:expect(run.failure):contains "does not share the traffic between blue, green"
    run = t:deploy("shifting", { answers = { { command = reads, stdout = split "  * blue;\n" } } })
    t:expect(run.failure):contains "is not what was written"
  end)

  it("refuses options that make no sense", function(t)
    t:expect(function() nginx { balancers = "lb" } end):fails "upstream, pools, or both"
    t:expect(function() nginx { balancers = "lb", pools = { "blue" } } end):fails "pools and split together"
    t:expect(function() nginx { balancers = "lb", upstream = "web.conf" } end):fails "upstream"
    t:expect(function() nginx { upstream = "/etc/web.conf" } end):fails "option \"balancers\" is needed"
    t:expect(function() nginx { balancers = "lb", upstream = "/etc/web.conf", drain = -1 } end):fails "drain"
    t:expect(function() nginx { balancers = "lb", upstream = "/etc/web.conf", drain = 3601 } end):fails "drain"
    t:expect(function() nginx { balancers = "lb", upstream = "/etc/web.conf", late = "close" } end):fails "late"
  end)
end)
