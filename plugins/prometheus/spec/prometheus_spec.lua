-- What prometheus asks, and what it makes of the answers.

local prometheus = require "prometheus"

local failed = 'sum(increase(http_requests_total{instance="$host:9100",code=~"5.."}[10s]))'
local total  = 'sum(increase(http_requests_total{instance="$host:9100"}[10s]))'

local watched = strategy "watched" (function(rollout)
  local server = prometheus { url = "https://prom.example.com/metrics/" }
  local canary, rest = rollout.targets:split(1)
  rollout:wave(canary)
  rollout:analyse { canary = canary, rate = server.rate(failed, total), margin = "+0.5pp", during = "5m", name = "errors" }
  rollout:wave(rest)
end)

group "fleet" { hosts = { "web1", "web2", "web3" } }

recipe "shop" { revision = bundle { from = "dist" }, path = "/srv/shop", targets = group "fleet", strategy = watched }

--- Returns what Prometheus says: values as texts, as it writes them.
local function vector(...)
  local result = json.list {}
  for i, value in ipairs { ... } do result[i] = { metric = { instance = "x" }, value = { 1700000000.123, value } } end
  return { status = "success", data = { resultType = "vector", result = result } }
end

--- Returns the answers of a server. counts: for each host, its number of failures and its number of requests.
local function answers(counts)
  local list = {}
  for host, pair in pairs(counts) do
    local at = "https://prom.example.com/metrics/api/v1/query?query=sum%28increase%28http_requests_total%7Binstance%3D%22" .. host
    list[#list + 1] = { url = at .. "*5..*", json = pair[1] and vector(pair[1]) or vector() }
    list[#list + 1] = { url = at .. "*", json = pair[2] and vector(pair[2]) or vector() }
  end
  return list
end

describe("prometheus", function()
  it("fails a release whose error rate is above that of its twin, and no further host gets it", function(t)
    local run = t:deploy("shop", { http = answers { web1 = { "60.4", "1000" }, web2 = { "1", "998.7" } } })
    t:expect(run.exit):equals(17)
    t:expect(run.waves):equals { { "web1" } }
    t:expect(run.failure):contains "pp above the twins"
    t:expect(run:ran "GET https://prom.example.com/metrics/api/v1/query?query="):equals(4)
  end)

  it("takes no series of failures for none, and goes on when the release is shown to be good enough", function(t)
    local run = t:deploy("shop", { http = answers { web1 = { nil, "2000" }, web2 = { nil, "2000" } } })
    t:expect(run.status):equals "succeeded"
    t:expect(run.decisions):contains "gate errors: pass"
  end)

  it("takes no series of requests, and NaN, for no data, and asks a person", function(t)
    local http = answers { web1 = { nil, "NaN" }, web2 = { nil, nil } }
    for _, one in ipairs(http) do one.optional = true end
    local run = t:deploy("shop", { http = http, gates = { errors = "silence" } })
    t:expect(run.exit):equals(16)
    t:expect(run.gates[1].verdict):equals "inconclusive"
    t:expect(run.gates[1].comment):contains "no data came in 3 rounds of measurements"
  end)

  it("says what Prometheus says of a query that it cannot carry out", function(t)
    local bad = { url = "https://prom.example.com/*", status = 400, json = { status = "error", error = "parse error" } }
    local run = t:deploy("shop", { http = { bad }, gates = { errors = "silence" } })
    t:expect(run.gates[1].comment):contains "prometheus: parse error"
  end)

  it("wants one series for each host", function(t)
    local two = { url = "https://prom.example.com/*", json = vector("1", "2") }
    local run = t:deploy("shop", { http = { two }, gates = { errors = "silence" } })
    t:expect(run.gates[1].comment):contains "2 series for web1, and one is wanted"
  end)

  it("refuses an address with a query in it", function(t)
    t:expect(function() prometheus { url = "https://x/?a" } end):fails "url"
  end)
end)
