-- The strategies that come with lander: what they decide, and when they stop.

group "fleet" { hosts = { "web[1-8]" } }

--- Declares a recipe whose rollout one strategy decides.
local function probe(name, strategy)
  recipe(name) {
    revision = bundle { from = "dist" },
    path     = "/srv/" .. name,
    targets  = group "fleet",
    stages   = { stage.upload, stage.rollout { strategy = strategy } },
    on       = { ValidateService = function(host) host:run "bin/validate" end },
  }
end

probe("at_once", all_at_once {})
probe("two_at_once", all_at_once { parallel = 2 })
probe("plain_growing", growing {})
probe("paused_growing", growing { first = 2, factor = 2, pause = "10m" })
probe("narrow_growing", growing { parallel = 1 })
probe("leaping_growing", growing { factor = 8, pause = "1m" })
probe("one_by_one", rolling {})
probe("with_pause", rolling { batch = 4, pause = "10m" })
probe("judging_linear", linear { watch = "1m", check = { port = 80, on_fail = "return" } })
probe("lenient_linear", linear { watch = "1m", approve = { message = "well?", on_fail = "return" } })
probe("plain_linear", linear { batch = 4, watch = "5m" })
probe("watched_linear", linear { batch = 4, watch = "5m", check = { http = "http://localhost/ready" } })
probe("function_linear", linear { batch = 4, watch = "1m", check = function(host) return host:try("bin/look").ok end })
probe("uneven_linear", linear { batch = 7, watch = "1m", approve = "the last one?" })
probe("asking_linear", linear { batch = 4, watch = "1m", approve = "next half?" })

--- Declares a recipe on two sides. live: blue's per cent of the traffic, or nil for 100. targets: the hosts, or nil for three hosts on each
--- side.
local function two_sides(name, options, live, targets)
  local function side(range, pool) return host(range) { tags = { pool = pool } } end
  recipe(name) {
    revision = bundle { from = "dist" },
    path     = "/srv/" .. name,
    targets  = targets or { side("web[1-3]", "blue"), side("web[4-6]", "green") },
    strategy = blue_green(options),
    configuration = { base = "100%", budget = { failed = 1 } },
    on       = { ValidateService = function(host) host:run "bin/validate" end },
    traffic  = {
      pools  = { "blue", "green" },
      read   = function() return { blue = live or 100, green = 100 - (live or 100) } end,
      weight = function(weights) here:run("lb blue " .. weights.blue) end,
    },
  }
end

two_sides("plain_sides", { watch = "5m", keep = "1h" })
two_sides("green_lives", { watch = "1m", keep = "1m" }, 0)
two_sides("shared_traffic", {}, 50)
two_sides("judging_sides", { check = { port = 80, on_fail = "return" } })
two_sides("lenient_sides", { approve = { message = "well?", on_fail = "return" } })
two_sides("steep_sides", { steps = { "101%" }, watch = "1m" })
two_sides("shared_sides", {}, 40)
two_sides("sideless", {}, 100, { host "web1" { tags = { pool = "blue" } }, host "web2" { tags = { pool = "green" } }, "web3" })

group "slotted" { hosts = { "web[1-2]" }, slots = { blue = { port = 81 }, green = { port = 82 } } }

group "single" { hosts = { "web1" }, slots = { blue = { port = 81 }, green = { port = 82 } } }

--- Declares a recipe with two slots on each host. live: the slot that has the traffic. targets: the hosts, or nil for two hosts.
local function two_slots(name, strategy, live, targets)
  recipe(name) {
    revision = bundle { from = "dist" },
    path     = "/srv/" .. name,
    targets  = targets or group "slotted",
    strategy = strategy,
    configuration = { base = "100%", budget = { failed = 1 } },
    on       = { ValidateService = function(host) host:run("bin/validate " .. host.vars.port) end },
    traffic  = {
      pools  = { "blue", "green" },
      read   = function() return { blue = live == "blue" and 100 or 0, green = live == "green" and 100 or 0 } end,
      weight = function(weights) here:run("lb blue " .. weights.blue) end,
    },
  }
end

local one_minute = blue_green { watch = "1m", check = function(host) return host:try("bin/look " .. host.slot).ok end }
two_slots("slots", one_minute, "blue")
two_slots("green_slots", one_minute, "green")
two_slots("unchecked_slots", blue_green { watch = "1m" }, "blue")
two_slots("single_slots", one_minute, "blue", group "single")
two_slots("rash_slots", strategy "rash" (function(rollout) rollout:weights(); rollout:wave(rollout.targets) end), "blue")
two_slots("blind_slots", all_at_once {}, "blue")
two_sides("stepped_sides", { steps = { "10%", "50%" }, watch = "1m", check = { port = 80 }, approve = "go over?", keep = "1m" })

--- Returns what a strategy decided, without the stages around it.
local function decided(run)
  local list = {}
  for _, decision in ipairs(run.decisions) do
    if not decision:find "^stage " then list[#list + 1] = decision end
  end
  return list
end

describe("all_at_once", function()
  it("changes all hosts in one wave", function(t)
    local run = t:deploy("at_once")
    t:expect(decided(run)):equals { "wave 1: 8 hosts" }
    t:expect(run.exit):equals(0)
  end)

  it("takes longer if fewer hosts change at once", function(t)
    t:expect(t:deploy("two_at_once").took > t:deploy("at_once").took):equals(true)
  end)
end)

describe("growing", function()
  it("changes one host, then as many as make four times those that had it", function(t)
    t:expect(decided(t:deploy("plain_growing"))):equals { "wave 1: 1 host", "wave 2: 3 hosts", "wave 3: 4 hosts" }
  end)

  it("grows as it is told, with a pause between two waves only", function(t)
    local run = t:deploy("paused_growing")
    t:expect(decided(run)):equals { "wave 1: 2 hosts", "gate wait: pass", "wave 2: 2 hosts", "gate wait: pass", "wave 3: 4 hosts" }
    t:expect(run.took > 1200 and run.took < 1300):equals(true)
  end)

  it("pauses after a single host too", function(t)
    t:expect(decided(t:deploy("leaping_growing"))):equals { "wave 1: 1 host", "gate wait: pass", "wave 2: 7 hosts" }
  end)

  it("shows a release that fails to one host only", function(t)
    local run = t:deploy("plain_growing", { fails = { web1 = "ValidateService" } })
    t:expect(run.waves):equals { { "web1" } }
    t:expect(run.exit):equals(10)
  end)

  it("takes longer if fewer hosts of a wave change at once", function(t)
    t:expect(t:deploy("narrow_growing").took > t:deploy("plain_growing").took):equals(true)
  end)
end)

describe("rolling", function()
  it("changes one host after the other", function(t)
    local run = t:deploy("one_by_one")
    t:expect(#run.waves):equals(8)
    t:expect(run.waves[3]):equals { "web3" }
  end)

  it("stops at the first host that fails, and takes back what it changed", function(t)
    local run = t:deploy("one_by_one", { fails = { web3 = "ValidateService" } })
    t:expect(decided(run)):equals { "wave 1: 1 host", "wave 2: 1 host", "wave 3: 1 host", "rollback" }
    t:expect(run.exit):equals(10)
    t:expect(run.back.status):equals "succeeded"
    for _, host in pairs(run.hosts) do t:expect(host.release):equals "earlier" end
    t:expect(run:ran("bin/validate", "web4")):equals(0)
  end)

  it("waits between two waves, and neither before the first nor after the last", function(t)
    local run = t:deploy("with_pause")
    t:expect(decided(run)):equals { "wave 1: 4 hosts", "gate wait: pass", "wave 2: 4 hosts" }
    t:expect(run.took > 600 and run.took < 700):equals(true)
  end)
end)

describe("an option of linear", function()
  it("takes no on_fail, because nobody would look at what it gives", function(t)
    for name, option in pairs { judging_linear = "check of linear", lenient_linear = "approve of linear" } do
      t:expect(t:deploy(name).failure):contains(option .. " takes no on_fail: if it fails, hosts go back")
    end
  end)
end)

describe("linear", function()
  it("waits between equal waves", function(t)
    t:expect(decided(t:deploy("plain_linear"))):equals { "wave 1: 4 hosts", "gate wait: pass", "wave 2: 4 hosts" }
  end)

  it("watches after each wave, and goes back when a host is bad", function(t)
    t:expect(decided(t:deploy("watched_linear"))):equals {
      "wave 1: 4 hosts", "gate watch: pass", "wave 2: 4 hosts", "gate watch: pass",
    }
    local bad = t:deploy("watched_linear", { answers = { { command = "GET http://localhost/ready", host = "web2", status = 1 } } })
    t:expect(decided(bad)):equals { "wave 1: 4 hosts", "gate watch: fail", "rollback" }
  end)

  it("goes back when a function finds a host bad", function(t)
    local run = t:deploy("function_linear", { answers = { { command = "bin/look", host = "web2", status = 1 } } })
    t:expect(run.exit):equals(17)
  end)

  it("asks after each wave but the last", function(t)
    t:expect(decided(t:deploy("asking_linear"))):equals { "wave 1: 4 hosts", "gate wait: pass", "gate approve: pass", "wave 2: 4 hosts" }
    t:expect(t:deploy("asking_linear", { gates = { approve = "reject" } }).exit):equals(16)
  end)

  it("waits and asks before a last wave of one host too", function(t)
    t:expect(decided(t:deploy("uneven_linear"))):equals { "wave 1: 7 hosts", "gate wait: pass", "gate approve: pass", "wave 2: 1 host" }
  end)
end)

describe("blue_green", function()
  it("changes the side without traffic, shifts, keeps the old side for a while, and changes that", function(t)
    local run = t:deploy("plain_sides")
    t:expect(decided(run)):equals { "wave 1: 3 hosts", "shift blue 0 %, green 100 %", "gate wait: pass", "gate wait: pass",
      "wave 2: 3 hosts" }
    t:expect(run.waves):equals { { "web4", "web5", "web6" }, { "web1", "web2", "web3" } }
    t:expect(run.took > 3900 and run.took < 4000):equals(true)
    t:expect(run.status):equals "succeeded"
  end)

  it("finds out which side lives, and refuses to guess", function(t)
    t:expect(t:deploy("green_lives").waves[1]):equals { "web1", "web2", "web3" }
    local run = t:deploy("shared_traffic")
    t:expect(run.status):equals "failed"
    t:expect(run.failure):contains "give one of them all of it at the balancer, then run this again"
    t:expect(run.waves):equals {}
  end)

  it("asks before the first shift, and shifts in steps that are each watched", function(t)
    t:expect(decided(t:deploy("stepped_sides"))):equals { "wave 1: 3 hosts", "gate approve: pass", "shift blue 90 %, green 10 %",
      "gate watch: pass", "shift blue 50 %, green 50 %", "gate watch: pass", "shift blue 0 %, green 100 %", "gate watch: pass",
      "gate wait: pass", "wave 2: 3 hosts" }
  end)

  it("gives the traffic back when the new side turns bad, and leaves the old side alone", function(t)
    local run = t:deploy("stepped_sides", { answers = { { command = "port 80", host = "web5", status = 1 } } })
    t:expect(decided(run)):equals { "wave 1: 3 hosts", "gate approve: pass", "shift blue 90 %, green 10 %", "gate watch: fail",
      "shift blue 100 %, green 0 %", "rollback" }
    t:expect(run.exit):equals(17)
    t:expect(run:ran("bin/validate", "web1")):equals(0)
    for _, host in pairs(run.hosts) do t:expect(host.release):equals "earlier" end
  end)

  it("takes no on_fail, no step over everything, and no host without a side", function(t)
    local back = " of blue_green takes no on_fail: if it fails, the traffic goes back"
    local why = { judging_sides = "check" .. back, lenient_sides = "approve" .. back,
      steep_sides = "steps of blue_green are shares such as \"10%\", got \"101%\"",
      shared_sides = "the traffic is shared between blue (40 %) and green (60 %): give one of them all of it at the balancer",
      sideless = "each host needs the tag pool, which is blue or green" }
    for name, words in pairs(why) do t:expect(t:deploy(name).failure):contains(words) end
  end)

  it("gives no traffic to a side that is not whole, even if the budget allows a host to fail", function(t)
    local run = t:deploy("plain_sides", { fails = { web6 = "ValidateService" } })
    t:expect(decided(run)):equals { "wave 1: 3 hosts", "rollback" }
    t:expect(run.failure):contains "a host did not get the release, and all hosts of a side get the traffic together"
    run = t:deploy("slots", { fails = { ["web2/green"] = "ValidateService" } })
    t:expect(run.failure):contains "a slot did not get the release, and all slots of a side get the traffic together"
    t:expect(run:ran "lb blue"):equals(0)
  end)

  it("gives the traffic back when somebody rejects while the old side is kept", function(t)
    local run = t:deploy("plain_sides", { gates = { wait = "reject" } })
    t:expect(run.exit):equals(16)
    t:expect(run:ran("lb blue 100", "here")):equals(1)
    t:expect(run:ran("bin/validate", "web1")):equals(0)
  end)
end)

describe("blue_green of slots", function()
  it("changes the slots without traffic, shifts, and lets the others keep what they have", function(t)
    local run = t:deploy "slots"
    t:expect(run.status):equals "succeeded"
    t:expect(decided(run)):equals { "wave 1: 2 hosts", "shift blue 0 %, green 100 %", "gate watch: pass" }
    t:expect(run.waves):equals { { "web1/green", "web2/green" } }
    t:expect(run.hosts["web1/blue"]):equals { status = "kept", release = "earlier" }
    t:expect(run.hosts["web2/green"]):equals { status = "succeeded", release = "new" }
    t:expect(run:ran("bin/validate 82", "web1/green")):equals(1)
    t:expect(t:deploy("green_slots").waves):equals { { "web1/blue", "web2/blue" } }
    t:expect(t:deploy("slots", { fresh = true }).status):equals "succeeded"
    t:expect(decided(t:deploy("single_slots"))):equals { "wave 1: 1 host", "shift blue 0 %, green 100 %", "gate watch: pass" }
  end)

  it("checks slots that had the release before they get the traffic", function(t)
    local run = t:deploy("slots", { unchanged = { "web1/green" } })
    t:expect(decided(run)):equals { "wave 1: 1 host", "gate standby: pass", "shift blue 0 %, green 100 %", "gate watch: pass" }
    t:expect(run.hosts["web1/green"]):equals { status = "unchanged", release = "new" }
    t:expect(run:ran("bin/look green", "web1/green") > run:ran("bin/look green", "web2/green")):equals(true)
    t:expect(run:ran("bin/look green", "web2/green") > 1):equals(true)
    local both = t:deploy("slots", { unchanged = { "web1/green", "web2/green" } })
    t:expect(both.status):equals "succeeded"
    t:expect(both:ran("bin/look green", "web1/green")):equals(both:ran("bin/look green", "web2/green"))
    local bad = t:deploy("slots", { unchanged = { "web1/green", "web2/green" },
      answers = { { command = "bin/look green", host = "web2/green", status = 1 } } })
    t:expect(bad.exit):equals(17)
    t:expect(bad:ran "lb blue"):equals(0)
  end)

  it("warns if nothing checks a slot that had the release", function(t)
    local run = t:deploy("unchecked_slots", { unchanged = { "web1/green" } })
    t:expect(run.status):equals "succeeded"
    t:expect(run.log):contains "slot green gets the traffic as it is, and nobody checks whether it still runs: give blue_green a check"
    t:expect(t:deploy("unchecked_slots").log):equals {}
    t:expect(t:deploy("slots", { unchanged = { "web1/green" } }).log):equals {}
  end)

  it("gives the traffic back when the new slot turns bad, and never touches the other one", function(t)
    local run = t:deploy("slots", { answers = { { command = "bin/look green", host = "web2/green", status = 1 } } })
    t:expect(run.exit):equals(17)
    t:expect(run:ran("lb blue 100", "here")):equals(1)
    t:expect(run:ran("bin/validate 81", "web1/blue")):equals(0)
    for _, host in pairs(run.hosts) do t:expect(host.release):equals "earlier" end
  end)

  it("is told by the core that a slot with traffic is not stopped", function(t)
    local run = t:deploy "rash_slots"
    t:expect(run.failure):contains "web1/blue gets 100 % of the traffic, and a slot that has some is not stopped"
    t:expect(run.waves):equals {}
    t:expect(t:deploy("blind_slots").failure):contains "gets 100 % of the traffic, and a slot that has some is not stopped"
  end)
end)
