-- Shares of the traffic as weights of servers. The servers of all pools are in one backend.

local runtime = require "./runtime"

local heaviest = 256 -- the limit of a server's weight

local shares = {}

local function sorted(pools)
  local names = {}
  for name in pairs(pools) do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- Returns the weight of each server for whole per cent by pool, as exactly as whole numbers up to 256 allow.
local function weights_of(pools, percent)
  local factor = heaviest
  for name, servers in pairs(pools) do
    if (percent[name] or 0) > 0 then factor = math.min(factor, heaviest * #servers // percent[name]) end
  end
  local weights = {}
  for name, servers in pairs(pools) do
    local share = percent[name] or 0
    local weight = share > 0 and math.max(1, math.floor(share * factor / #servers + 0.5)) or 0
    for _, server in ipairs(servers) do weights[server] = weight end
  end
  return weights
end

--- Returns whole per cent by pool for weights of servers. The sum is 100. Returns nil if no server has a weight.
local function percent_of(pools, weights)
  local sums, total = {}, 0
  for name, servers in pairs(pools) do
    sums[name] = 0
    for _, server in ipairs(servers) do sums[name] = sums[name] + (weights[server] or 0) end
    total = total + sums[name]
  end
  if total == 0 then return nil end
  local percent, rests, left = {}, {}, 100
  for _, name in ipairs(sorted(pools)) do
    local exact = sums[name] * 100 / total
    percent[name] = math.floor(exact)
    left = left - percent[name]
    rests[#rests + 1] = { name = name, rest = exact - percent[name] }
  end
  table.sort(rests, function(a, b) if a.rest ~= b.rest then return a.rest > b.rest end return a.name < b.name end)
  for i = 1, left do percent[rests[i].name] = percent[rests[i].name] + 1 end
  return percent
end

local function text_of(pools, percent)
  local parts = {}
  for i, name in ipairs(sorted(pools)) do parts[i] = string.format("%s %d %%", name, percent[name] or 0) end
  return table.concat(parts, ", ")
end

local function check(pools)
  local seen = {}
  for name, servers in pairs(pools) do
    if type(servers) ~= "table" or #servers == 0 then fail("haproxy: pool %s needs a list of servers", name) end
    for _, server in ipairs(servers) do
      if type(server) ~= "string" or not server:match "^[%w._:-]+$" then
        fail("haproxy: %s in pool %s is no server's name", server, name)
      end
      if seen[server] then fail("haproxy: server %s is in two pools, %s and %s", server, seen[server], name) end
      seen[server] = name
    end
  end
end

--- Returns the weights of the servers of all pools, as one balancer has them.
local function read(balancer, pools)
  local wanted = {}
  for name, servers in pairs(pools) do
    for _, server in ipairs(servers) do wanted[server] = { weight = name == sorted(pools)[1] and 1 or 0 } end
  end
  local found, weights = balancer:ask({}, wanted), {}
  for name, servers in pairs(pools) do
    for _, server in ipairs(servers) do
      if not found[server] then fail("pool %s has a server %s, and HAProxy on %s has none of that name", name, server, balancer.host) end
      weights[server] = found[server].weight
    end
  end
  return weights
end

--- Sets weights on one balancer, reads them back and compares.
local function set(balancer, weights)
  local names, commands, wanted = sorted(weights), {}, {}
  for i, server in ipairs(names) do
    commands[i] = string.format("set server %s weight %d", balancer:path(server), weights[server])
    wanted[server] = { weight = weights[server] }
  end
  local found, text = balancer:ask(commands, wanted)
  for _, server in ipairs(names) do
    local now = found[server] and found[server].weight
    if now ~= weights[server] then
      fail("HAProxy on %s gives %s the weight %s, and %d was asked for: %s", balancer.host, balancer:path(server), now or "none",
        weights[server], text:match "^%s*([^\n]*)" or "")
    end
  end
end

--- Returns the traffic of a recipe.
function shares.traffic(own)
  check(own.pools)
  local pools = own.pools

  local function balancers(deployment)
    return deployment:partners(own.balancers):map(function(host) return runtime.of(host, own) end)
  end

  return {
    pools = sorted(pools),

    read = function(deployment)
      local percent
      for _, balancer in ipairs(balancers(deployment)) do
        local now = percent_of(pools, read(balancer, pools))
        if not now then fail("HAProxy on %s gives no server of the pools any weight", balancer.host) end
        if percent and text_of(pools, now) ~= text_of(pools, percent) then
          log.warn("balancers share otherwise: %s on %s, %s on the first", text_of(pools, now), balancer.host, text_of(pools, percent))
        end
        percent = percent or now
      end
      return percent
    end,

    weight = function(percent, deployment)
      local weights = weights_of(pools, percent)
      local nearest = percent_of(pools, weights)
      if text_of(pools, nearest) ~= text_of(pools, percent) then
        fail("HAProxy has whole weights to %d, and the nearest to %s is %s", heaviest, text_of(pools, percent), text_of(pools, nearest))
      end
      each(balancers(deployment), function(balancer) set(balancer, weights) end)
    end,
  }
end

return shares
