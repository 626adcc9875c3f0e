-- What notify tells, and that a deployment has the same result without it.

local notify = require "notify"

group "fleet" { hosts = { "web1", "web2" } }

local function shop(name, notes)
  recipe(name) {
    base     = notes.base,
    revision = bundle { from = "dist" },
    path     = "/srv/" .. name,
    targets  = group "fleet",
    stages   = { notes.stage, stage.upload, stage.rollout },
    on       = { ApplicationStart = function(host) host:run "start" end },
  }
end

shop("posted", notify { url = "https://chat.example/hook" })
shop("hidden", notify { url = secret "HOOK", text = "shop" })
shop("piped", notify { command = "bin/tell" })

describe("notify", function()
  it("tells that a deployment begins and that it succeeded", function(t)
    local run = t:deploy "posted"
    t:expect(run.status):equals "succeeded"
    t:expect(run:ran("curl", "here")):equals(2)
  end)

  it("has neither the address nor anything of the deployment in an argument", function(t)
    for _, name in ipairs { "posted", "hidden" } do
      for _, one in ipairs(t:deploy(name).commands) do
        if one.command:find("curl", 1, true) then
          t:expect(one.command):equals "curl --silent --show-error --fail --output /dev/null --config -"
        end
      end
    end
  end)

  it("tells that it failed, and takes a program instead of an address", function(t)
    local run = t:deploy("piped", { fails = { web2 = "ApplicationStart" } })
    t:expect(run.status):equals "failed"
    t:expect(run:ran("bin/tell", "here")):equals(2)
  end)

  it("fails no deployment if nobody can be told, and says so", function(t)
    local run = t:deploy("posted", { answers = { { command = "curl", host = "here", status = 22, stderr = "404" } } })
    t:expect(run.status):equals "succeeded"
    t:expect(run.log):contains "nobody was told \"started\": it ended with status 22: 404"
    t:expect(run.log):contains "nobody was told \"succeeded\": it ended with status 22: 404"
  end)

  it("fails no deployment if telling takes for ever", function(t)
    local run = t:deploy("piped", { answers = { { command = "bin/tell", host = "here", takes = "1h" } } })
    t:expect(run.status):equals "succeeded"
    t:expect(table.concat(run.log, "\n")):contains "was given up after 10 s"
  end)

  it("refuses to be told neither or both", function(t)
    t:expect(function() notify {} end):fails "it needs a url or a command, one of the two"
    t:expect(function() notify { url = "https://x", command = "y" } end):fails "one of the two"
    t:expect(function() notify { url = "https://x", text = "a\nb" } end):fails "text"
  end)
end)
