-- haproxy { balancers = "lb", backend = "web" } returns a base for recipes: hosts leave HAProxy before they are stopped, and return when
-- they are good.

local runtime = require "./runtime"
local shares = require "./shares"

---@class haproxy.Options
---@field balancers string   The group of hosts on which HAProxy runs.
---@field backend string     The backend of which the hosts are servers.
---@field server? string     The name of a host's server; {host}, {address} and the host's vars are replaced. Default "{host}".
---@field socket? string     HAProxy's runtime socket, of level admin. Default "/run/haproxy/admin.sock".
---@field user? string       The user who may write to the socket; the login user if not given.
---@field drain? string      How long connections may take to end. Default "30s".
---@field late? string       What happens to connections that did not end: "continue", "close" or "fail". Default "continue".
---@field up? string         How long HAProxy may take to report a host as up. Default "30s".
---@field pools? table       Names of servers by pool, for rollout:shift.

local options = schema "haproxy" {
  balancers = schema.string { required = true, match = "^[%w][%w._-]*$", help = "the name of the group of hosts on which HAProxy runs" },
  backend   = schema.string { required = true, match = "^[%w._:-]+$", help = "the name of a backend" },
  server    = schema.string { default = "{host}", match = "^[%w._:{}-]+$", help = "a server's name, such as \"{host}\"" },
  socket    = schema.string { default = "/run/haproxy/admin.sock", match = "^/[^%c]+$", help = "the path of the runtime socket" },
  user      = schema.string { match = "^[%w_][%w_.-]*$", help = "the name of a user" },
  drain     = schema.duration { default = "30s" },
  late      = schema.choice { "continue", "close", "fail", default = "continue" },
  up        = schema.duration { default = "30s" },
  pools     = schema.record { help = "names of servers by pool: { blue = { \"web1\" }, green = { \"web2\" } }" },
}

---Returns a base with hooks of BlockTraffic and AllowTraffic, the hosts that they need, and the traffic of pools.
---@param given haproxy.Options
return function(given)
  local own = options(given)

  local function server_of(host)
    return (own.server:gsub("{([%w_]+)}", function(name)
      local value = ({ host = host.name, address = host.address })[name] or (host.vars or {})[name]
      if value == nil then fail("haproxy: nothing is known to stand for {%s} of host %s: give it vars = { %s = … }", name, host, name) end
      return tostring(value)
    end))
  end

  --- Calls act(balancer, server) on all balancers at the same time.
  local function on_balancers(host, deployment, act)
    local server = server_of(host)
    each(deployment:partners(own.balancers), function(balancer) act(runtime.of(balancer, own), server) end)
  end

  local function drain(host, deployment)
    on_balancers(host, deployment, function(balancer, server) balancer:drain(server) end)
    log.info("%s gets no new connections", host)
  end

  local function attach(host, deployment)
    on_balancers(host, deployment, function(balancer, server) balancer:attach(server) end)
    log.info("%s gets traffic", host)
  end

  return recipe {
    partners = group(own.balancers),
    on = { BlockTraffic = drain, AllowTraffic = attach },
    traffic = own.pools and shares.traffic(own) or nil,
  }
end
