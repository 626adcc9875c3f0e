-- nginx { balancers = "lb", upstream = "…" } returns a base for recipes: hosts leave nginx before they are stopped, and return when they
-- are good.

local configure = require "./configure"
local shares = require "./shares"

---@class nginx.Options
---@field balancers string   The group of hosts on which nginx runs.
---@field upstream? string   The file in which each host has a line `server …;`.
---@field server? string     The name of a host's server; {host}, {address} and the host's vars are replaced. Default "{address}:{port}".
---@field user? string       The user who may write the files and reload nginx; the login user if not given.
---@field drain? string      How long requests may take to end. Default "30s".
---@field late? string       What happens to requests that did not end: "continue" or "fail". Default "continue".
---@field pools? string[]    Names of upstreams that share the traffic, for rollout:shift.
---@field split? string      The file with the share of each upstream.
---@field variable? string   The variable with the name of the pool. Default "lander_pool".

local options = schema "nginx" {
  balancers = schema.string { required = true, match = "^[%w][%w._-]*$", help = "the name of the group of hosts on which nginx runs" },
  upstream  = schema.string { match = "^/[%w._/-]+$", help = "the path of the file with the upstream's servers" },
  server    = schema.string { default = "{address}:{port}", match = "^[%w._:{}%[%]-]+$", help = "a server such as \"{address}:{port}\"" },
  user      = schema.string { match = "^[%w_][%w_.-]*$", help = "the name of a user" },
  drain     = schema.integer { default = 30, min = 0, max = 3600 },
  late      = schema.choice { "continue", "fail", default = "continue" },
  test      = schema.string { default = "nginx -t", help = "a command that checks the configuration" },
  reload    = schema.string { default = "nginx -s reload", help = "a command that reloads nginx" },
  pid       = schema.string { default = "/run/nginx.pid", match = "^/[%w._/-]+$", help = "the path of nginx's pid file" },
  pools     = schema.strings { help = "names of upstreams that share the traffic" },
  split     = schema.string { match = "^/[%w._/-]+$", help = "the path of the file that splits the traffic between the upstreams" },
  variable  = schema.string { default = "lander_pool", match = "^[%a_][%w_]*$", help = "a variable's name without $" },
}

---Returns a base with hooks of BlockTraffic and AllowTraffic, the hosts that they need, and the traffic of pools.
---@param given nginx.Options
return function(given)
  local own = options(given)
  if not own.upstream and not own.pools then fail("nginx needs upstream, pools, or both") end
  if (own.pools == nil) ~= (own.split == nil) then fail("nginx takes pools and split together") end

  local function server_of(host)
    return (own.server:gsub("{([%w_]+)}", function(name)
      local value = ({ host = host.name, address = host.address })[name] or (host.vars or {})[name]
      if value == nil then fail("nginx: nothing is known to stand for {%s} of host %s: give it vars = { %s = … }", name, host, name) end
      return tostring(value)
    end))
  end

  local function drain(host, deployment)
    each(deployment:partners(own.balancers), function(balancer)
      local workers = configure.change(balancer, own, "down", own.upstream, server_of(host))
      if configure.wait(balancer, own, workers, own.drain) then return end
      local found = string.format("nginx on %s still serves requests that were there before %s left, after %d s", balancer, host, own.drain)
      if own.late == "fail" then fail("%s", found) end
      log.warn("%s: the host is stopped all the same", found)
    end)
    log.info("%s gets no requests", host)
  end

  local function attach(host, deployment)
    each(deployment:partners(own.balancers), function(balancer)
      configure.change(balancer, own, "up", own.upstream, server_of(host))
    end)
    log.info("%s gets traffic", host)
  end

  return recipe {
    partners = group(own.balancers),
    on = own.upstream and { BlockTraffic = drain, AllowTraffic = attach } or nil,
    traffic = own.pools and shares.traffic(own) or nil,
  }
end
