-- Shares of the traffic: a file with one split_clients block, which gives each request the name of a pool.

local configure = require "./configure"

local shares = {}

--- Returns the text of the file for whole per cent by pool.
local function text_of(own, percent)
  local lines = { "# Written by lander.", string.format("split_clients \"$request_id\" $%s {", own.variable) }
  local last
  for _, pool in ipairs(own.pools) do if (percent[pool] or 0) > 0 then last = pool end end
  for _, pool in ipairs(own.pools) do
    local share = percent[pool] or 0
    if pool == last then lines[#lines + 1] = string.format("  * %s;", pool)
    elseif share > 0 then lines[#lines + 1] = string.format("  %d%% %s;", share, pool) end
  end
  lines[#lines + 1] = "}\n"
  return table.concat(lines, "\n")
end

--- Returns the whole per cent by pool that a file contains, or nil if the file contains something else.
local function percent_of(own, text)
  local percent, left = {}, 100
  for _, pool in ipairs(own.pools) do percent[pool] = 0 end
  local block = text:gsub("#[^\n]*", ""):match("split_clients%s+%S+%s+%$" .. own.variable .. "%s*{(.-)}")
  if not block then return nil end
  for share, pool in block:gmatch "(%S+)%s+([%w._-]+)%s*;" do
    if percent[pool] == nil then return nil end
    local count = share == "*" and left or math.tointeger(tonumber(share:match "^(%d+)%%$"))
    if not count or count > left then return nil end
    percent[pool], left = percent[pool] + count, left - count
  end
  return left == 0 and percent or nil
end

--- Returns the traffic of a recipe.
function shares.traffic(own)
  for _, pool in ipairs(own.pools) do
    if not pool:match "^[%w._-]+$" then fail("nginx: %q is no name of an upstream", pool) end
  end
  local whole = { [own.pools[1]] = 100 }

  return {
    pools = own.pools,

    read = function(deployment)
      local first
      for _, balancer in ipairs(deployment:partners(own.balancers)) do
        local text = configure.text(balancer, own, own.split, text_of(own, whole))
        local now = percent_of(own, text)
        if not now then
          fail("%s of %s does not share the traffic between %s: write it once by hand, such as\n%s", own.split, balancer,
            table.concat(own.pools, ", "), text_of(own, whole))
        end
        if first and text_of(own, first) ~= text_of(own, now) then log.warn("%s shares otherwise than the first balancer", balancer) end
        first = first or now
      end
      return first
    end,

    weight = function(percent, deployment)
      local text = text_of(own, percent)
      each(deployment:partners(own.balancers), function(balancer)
        configure.change(balancer, own, "write", own.split, nil, text)
        local now = configure.text(balancer, own, own.split, text)
        if now ~= text then fail("%s of %s is not what was written: somebody else writes it", own.split, balancer) end
      end)
    end,
  }
end

return shares
