-- prometheus { url = … } returns functions that ask a Prometheus server, to measure hosts for rollout:analyse.

---@class prometheus.Options
---@field url string          The URL of the server, such as https://prometheus.example.com: everything before /api/v1.
---@field instance? function  function(host) that returns what $host stands for in queries; the host's name if not given.
---@field headers? table      Sent with each query: strings or secrets.
---@field ca? string          A file of certificates that vouch for the server.
---@field timeout? string     How long a query may take. Default "8s".

local options = schema "prometheus" {
  url      = schema.string { required = true, match = "^https?://[^?#]+$", help = "a URL such as \"https://prometheus.example.com\"" },
  instance = schema.callback { help = "function(host) that returns the value of $host in queries" },
  headers  = schema.any { help = "the headers of requests, by name" },
  ca       = schema.string { help = "a file with the certificates of certificate authorities" },
  timeout  = schema.duration { default = "8s" },
}

--- The answer that a rehearsal assumes. It has no series.
local nothing = '{"status":"success","data":{"resultType":"vector","result":[]}}'
--- The statuses of answers. If a query cannot be carried out, the answer says why.
local answered = { 200, 400, 422, 503 }

local function escaped(text)
  return (text:gsub("[^%w%-._~]", function(sign) return ("%%%02X"):format(sign:byte()) end))
end

--- Returns a number that Prometheus wrote, or nil if it is NaN or infinite.
local function number(text)
  local value = tonumber(text)
  if value == nil or value ~= value or math.abs(value) == math.huge then return nil end
  return value
end

---Returns functions that ask a Prometheus server.
---@param given prometheus.Options
return function(given)
  local own = options(given)
  local base = own.url:gsub("/+$", "") .. "/api/v1/query?query="

  --- Returns the series of an instant query, each { labels = { … }, value = 1.5 }; value is nil for NaN.
  local function query(text)
    local answer = http.get(base .. escaped(text), { headers = own.headers, ca = own.ca, timeout = own.timeout, status = answered,
      rehearse = nothing })
    local said = answer:json()
    if said.status ~= "success" then fail("prometheus: %s: %s", tostring(said.error or "status " .. answer.status), text) end
    local data, series = said.data, {}
    if data.resultType == "scalar" then return { { labels = {}, value = number(data.result[2]) } } end
    if data.resultType ~= "vector" then fail("prometheus: a %s is no number for each host: %s", data.resultType, text) end
    for i, one in ipairs(data.result) do series[i] = { labels = one.metric, value = number(one.value[2]) } end
    return series
  end

  --- Returns the number that one query gives for a host, or nil if there is no data.
  local function of(host, text)
    local name = own.instance and own.instance(host) or host.name
    local asked = text:gsub("%$host", (tostring(name):gsub('[\\"]', "\\%0"):gsub("%%", "%%%%")))
    local series = query(asked)
    if #series > 1 then fail("prometheus: %d series for %s, and one is wanted, as by sum(…): %s", #series, host.name, asked) end
    return series[1] and series[1].value
  end

  return {
    query = query,
    of    = of,
    --- For `value` of rollout:analyse: returns the result of the query for each host.
    value = function(text) return function(host) return of(host, text) end end,
    --- For `rate`: two queries that count since the previous measurement. If there is no series of failures, there were no failures.
    rate  = function(failed, total)
      return function(host)
        local all = of(host, total)
        if not all then return nil end
        local bad = math.floor((of(host, failed) or 0) + 0.5)
        return { failed = bad, of = math.max(bad, math.floor(all + 0.5)) }
      end
    end,
  }
end
