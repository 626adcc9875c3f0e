-- The strategy canary: what it decides, and when it stops.

group "fleet" { hosts = { "web[1-8]" } }

--- Declares a recipe that canary rolls out with these options.
local function probe(name, options)
  recipe(name) {
    targets = group "fleet", path = "/srv/" .. name, revision = bundle { from = "dist" }, strategy = canary(options),
    on = { ValidateService = function(host) host:run "bin/validate" end },
  }
end

local function errors(host)
  local seen = http.get("https://m.example/" .. host.name, { rehearse = "{}" }):json()
  return { failed = seen.failed, of = seen.of }
end

probe("plain_canary", { first = 1, batch = "50%", watch = "15m" })
probe("watched_canary", { batch = 7, watch = "1m", check = { port = 80 } })
probe("asking_canary", { batch = 7, watch = "1m", approve = "does it look right?" })
probe("asked_canary", { batch = 7, watch = "1m", approve = { message = "and now?", name = "now", timeout = "1h" } })
probe("function_canary", { batch = 7, watch = "1m", check = function(host) return host:try("bin/look").ok end })
probe("comparing_canary", { first = 2, batch = 6, watch = "5m", analyse = { margin = "+1pp" }, rate = errors })
probe("young_canary", { first = 2, batch = 6, watch = "5m", restart = true, analyse = { margin = "+1pp" }, rate = errors })
configuration "lenient" { budget = { failed = 4 }, base = "100%" }
recipe "frail_canary" {
  targets = group "fleet", path = "/srv/frail", revision = bundle { from = "dist" }, configuration = "lenient",
  strategy = canary { first = 2, batch = 6, watch = "5m", restart = true, analyse = { margin = "+1pp" }, rate = errors },
  on = { ValidateService = function(host) host:run "bin/validate" end },
}
probe("aimless_canary", { watch = "1m", check = { port = 80 }, restart = true })
probe("judging_canary", { watch = "1m", check = { port = 80, on_fail = "return" } })
probe("lenient_canary", { watch = "1m", approve = { message = "well?", on_fail = "return" } })
probe("lenient_comparison", { value = function() return 1 end, analyse = { margin = "+1", on_fail = "return" } })

--- Returns what it decided, without the stages around it.
local function decided(run)
  local kept = {}
  for i = 1, #run.decisions do kept[#kept + 1] = not run.decisions[i]:find "^stage " and run.decisions[i] or nil end
  return kept
end

describe("canary", function()
  it("waits after its first wave only if nothing is checked", function(t)
    local run = t:deploy("plain_canary")
    t:expect(decided(run)):equals { "wave 1: 1 host", "gate wait: pass", "wave 2: 3 hosts", "wave 3: 3 hosts", "wave 4: 1 host" }
    t:expect(run.took > 900 and run.took < 1000):equals(true)
  end)

  it("watches after each wave", function(t)
    local run = t:deploy("watched_canary")
    t:expect(decided(run)):equals { "wave 1: 1 host", "gate watch: pass", "wave 2: 7 hosts", "gate watch: pass" }
  end)

  it("goes back when the watch finds the first host bad, and touches no other", function(t)
    local run = t:deploy("watched_canary", { answers = { { command = "port 80", host = "web1", status = 1 } } })
    t:expect(decided(run)):equals { "wave 1: 1 host", "gate watch: fail", "rollback" }
    t:expect(run.exit):equals(17)
    t:expect(run.hosts.web1.release):equals "earlier"
    t:expect(run.hosts.web2.status):equals "waiting"
  end)

  it("compares its first wave with hosts that wait, and waits no longer than that takes", function(t)
    local function metrics(host, failed) return { url = "https://m.example/" .. host, json = { failed = failed, of = 5000 } } end
    local good = t:deploy("comparing_canary", { http = { metrics("*", 2) } })
    t:expect(decided(good)):equals { "wave 1: 2 hosts", "gate analysis: pass", "wave 2: 6 hosts" }
    t:expect(good.took < 300):equals(true)
    local bad = t:deploy("comparing_canary", { http = { metrics("web1", 400), metrics("*", 2) } })
    t:expect(decided(bad)):equals { "wave 1: 2 hosts", "gate analysis: fail", "rollback" }
    t:expect(bad.exit):equals(17)
  end)

  it("restarts what it compares the first wave with, and changes it later like the others", function(t)
    local run = t:deploy("young_canary", { http = { { url = "https://m.example/*", json = { failed = 2, of = 5000 } } } })
    t:expect(decided(run)):equals { "wave 1: 2 hosts", "restart: 2 hosts", "gate analysis: pass", "wave 2: 6 hosts" }
  end)

  it("refuses to restart hosts for no comparison", function(t)
    t:expect(t:deploy("aimless_canary").failure):contains "restart of canary goes with a comparison: give rate, value or analyse"
  end)

  it("says that nothing is left to compare with, if the first wave takes all hosts", function(t)
    t:expect(t:deploy("young_canary", { hosts = 2 }).failure):contains "there is no host with the old release to restart"
  end)

  it("compares in the first deployment too, where nothing runs that could be restarted", function(t)
    local run = t:deploy("young_canary", { fresh = true, http = { { url = "https://m.example/*", json = { failed = 2, of = 5000 } } } })
    t:expect(run.status):equals "succeeded"
    t:expect(run.gates[1].name):equals "analysis"
  end)

  it("compares with no twin that did not come back from its restart", function(t)
    local function metrics(host, failed) return { url = "https://m.example/" .. host, json = { failed = failed, of = 5000 } } end
    local dead = metrics("web3", 4000)
    dead.optional = true
    local http = { dead, metrics("web4", 2), metrics("*", 2000) }
    local run = t:deploy("frail_canary", { http = http, answers = { { command = "bin/validate", host = "web3", status = 1 } } })
    t:expect(decided(run)[3]):equals "gate analysis: fail"
    local none = t:deploy("frail_canary", { answers = {
      { command = "bin/validate", host = "web3", status = 1 }, { command = "bin/validate", host = "web4", status = 1 } } })
    t:expect(none.failure):contains "none of the hosts to compare with came back from its restart"
  end)

  it("goes back when a function finds a host bad", function(t)
    local run = t:deploy("function_canary", { answers = { { command = "bin/look", host = "web5", status = 1 } } })
    t:expect(decided(run)):equals { "wave 1: 1 host", "gate watch: pass", "wave 2: 7 hosts", "gate watch: fail", "rollback" }
  end)

  it("asks a person once", function(t)
    local run = t:deploy("asking_canary")
    t:expect(decided(run)):equals { "wave 1: 1 host", "gate wait: pass", "gate approve: pass", "wave 2: 7 hosts" }
  end)

  it("asks as the recipe says", function(t)
    local run = t:deploy("asked_canary")
    t:expect(run.gates[2].name):equals "now"
    t:expect(run.status):equals "succeeded"
  end)

  it("goes back when a person rejects, and when nobody answers in time", function(t)
    t:expect(t:deploy("asking_canary", { gates = { approve = "reject" } }).exit):equals(16)
    local silent = t:deploy("asked_canary", { gates = { now = "silence" } })
    t:expect(silent.exit):equals(16)
    t:expect(silent.took > 3600):equals(true)
    t:expect(silent.hosts.web1.release):equals "earlier"
  end)

  it("takes no on_fail in its options, because nobody would look at what it gives", function(t)
    local which = { judging_canary = "check", lenient_canary = "approve", lenient_comparison = "analyse" }
    for name, option in pairs(which) do
      t:expect(t:deploy(name).failure):contains(option .. " of canary takes no on_fail: if it fails, hosts go back")
    end
  end)
end)
