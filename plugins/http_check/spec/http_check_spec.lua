-- What the hook of http_check asks, and when it fails a host.

local http_check = require "http_check"

group "fleet" {
  hosts = { "web1", host "web2" { address = "10.0.0.2", vars = { port = 9000 } } },
}

local function probe(name, hook)
  recipe(name) {
    revision = bundle { from = "dist" },
    path     = "/srv/" .. name,
    targets  = group "fleet",
    on       = { ValidateService = hook },
  }
end

probe("plain", http_check { url = "http://localhost:8080/ready" })
probe("filled", http_check { url = "http://{address}:{port}/{host}", port = 8080 })
probe("own_port", http_check { url = "http://localhost:{port}/", timeout = "10s" })
probe("slow", http_check { url = "http://localhost/", timeout = "20s", every = "1s" })

--- Returns the commands of a host, in order.
local function asked(run, host)
  local lines = {}
  for _, one in ipairs(run.commands) do if one.host == host then lines[#lines + 1] = one.command end end
  return lines
end

describe("http_check", function()
  it("asks each host once if it answers, and says so in the log", function(t)
    local run = t:deploy("plain")
    t:expect(asked(run, "web1")):equals { "GET http://localhost:8080/ready" }
    t:expect(asked(run, "web2")):equals { "GET http://localhost:8080/ready" }
    t:expect(run.log):contains "web1 answers on http://localhost:8080/ready"
  end)

  it("fills in the host's name, its address and a port", function(t)
    local run = t:deploy("filled")
    t:expect(asked(run, "web1")):equals { "GET http://web1:8080/web1" }
    t:expect(asked(run, "web2")):equals { "GET http://10.0.0.2:8080/web2" }
  end)

  it("takes the port of the host, and names a host that has none", function(t)
    local run = t:deploy("own_port")
    t:expect(run.status):equals "failed"
    t:expect(run.failure):contains "nothing is known to stand for {port} in http://localhost:{port}/"
    t:expect(run:ran("GET", "web1")):equals(0)
  end)

  it("asks again until the host answers", function(t)
    local run = t:deploy("slow", { answers = { { command = "GET", host = "web1", status = 1, times = 3 } } })
    t:expect(run.status):equals "succeeded"
    t:expect(run:ran("GET", "web1")):equals(4)
  end)

  it("gives a host up that never answers in time", function(t)
    local run = t:deploy("slow", { answers = { { command = "GET", host = "web1", status = 1 } } })
    t:expect(run.status):equals "failed"
    t:expect(run:ran("GET", "web1") >= 15):equals(true)
    t:expect(run:ran("GET", "web1") <= 42):equals(true) -- on the way back too
  end)

  it("refuses options that make no sense", function(t)
    t:expect(function() http_check {} end):fails "option \"url\" is needed"
    t:expect(function() http_check { url = "ftp://x" } end):fails "url"
    t:expect(function() http_check { url = "http://x", status = 42 } end):fails "status"
    t:expect(function() http_check { url = "http://x", status = 99 } end):fails "status"
    t:expect(function() http_check { url = "http://x", status = 600 } end):fails "status"
    t:expect(function() http_check { url = "http://x", port = 0 } end):fails "port"
    t:expect(function() http_check { url = "http://x", port = 65536 } end):fails "port"
    t:expect(type(http_check { url = "http://x", status = 100, port = 1 })):equals "function"
    t:expect(function() http_check { url = "http://x", timout = "1s" } end):fails "timeout"
  end)
end)
