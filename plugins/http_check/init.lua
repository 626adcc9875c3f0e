-- http_check { url = … } returns a hook that waits until a page of the host answers with a healthy status.

---@class http_check.Options
---@field url string        The URL to request, as the host sees it; {host}, {address} and {port} are replaced.
---@field status? integer   The only status that counts as healthy; 200 to 399 if not given.
---@field timeout? string   How long to wait in all. Default "1m".
---@field every? string     The time between two questions. Default "2s".
---@field port? integer     What {port} stands for; the host's own `vars.port` if not given.

local options = schema "http_check" {
  url     = schema.string { required = true, match = "^https?://", help = "a URL such as \"http://localhost:8080/ready\"" },
  status  = schema.integer { min = 100, max = 599 },
  timeout = schema.duration { default = "1m" },
  every   = schema.duration { default = "2s" },
  port    = schema.integer { min = 1, max = 65535 },
}

local function filled_in(url, host, port)
  local values = { host = host.name, address = host.address, port = port or (host.vars or {}).port }
  return (url:gsub("{(%a+)}", function(name)
    if values[name] == nil then fail("http_check: nothing is known to stand for {%s} in %s", name, url) end
    return tostring(values[name])
  end))
end

---Returns a hook for ValidateService, or for any event at which the host must answer.
---@param given http_check.Options
---@return fun(host: lander.host)
return function(given)
  local check = options(given)

  return function(host)
    local url = filled_in(check.url, host, check.port)
    host:wait_for { http = url, status = check.status, timeout = check.timeout, every = check.every }
    log.info("%s answers on %s", host, url)
  end
end
