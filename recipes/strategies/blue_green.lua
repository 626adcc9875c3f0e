-- Two sides, each with hosts of its own, or two slots on each host. The side without traffic gets the release, and then the traffic. The
-- other side keeps the old release for a while, ready to take the traffic back immediately. Its hosts get the new release when the time is
-- over or when somebody promotes. A slot keeps what it has until the next deployment.

--- Returns the options of a gate. The recipe's options win over the strategy's. A gate that fails sends the traffic back, so on_fail is
--- left out.
local function gate(name, given, own)
  local options = {}
  for key, value in pairs(own) do options[key] = value end
  for key, value in pairs(given) do options[key] = value end
  if options.on_fail then fail("%s of blue_green takes no on_fail: if it fails, the traffic goes back", name) end
  return options
end

--- Returns the pool that has the traffic, and the other one.
local function sides(rollout, pools)
  if #pools ~= 2 then fail("blue_green takes two pools, got %d", #pools) end
  local weights = rollout:weights()
  for i, pool in ipairs(pools) do if weights[pool] == 100 then return pool, pools[3 - i] end end
  fail("the traffic is shared between %s (%d %%) and %s (%d %%): give one of them all of it at the balancer, then run this again",
    pools[1], weights[pools[1]] or 0, pools[2], weights[pools[2]] or 0)
end

--- Returns the hosts of a side: those in a slot of that name, or those whose tag pool has that name.
local function hosts_of(set, pool)
  local slot = set:where { slot = pool }
  return #slot > 0 and slot or set:where { pool = pool }
end

return strategy "blue_green" {
  options = schema "blue_green" {
    pools = schema.strings { default = { "blue", "green" }, help = "the two pools that share the traffic: names of slots, or values of "
      .. "the tag pool" },
    steps = schema.strings { default = {}, help = "shares of the traffic that the new side gets before it gets all: { \"10%\", \"50%\" }" },
    watch = schema.duration { default = "5m", help = "how long the new side is checked after each shift" },
    check = schema.any { help = "how the new side is checked: the options of rollout:watch, such as { http = \"…\" }, or a "
      .. "function(host)" },
    approve = schema.any { help = "the question for a person before the first shift: a message, or the options of rollout:approve" },
    keep = schema.duration { default = "10m", help = "how long the old side keeps the old release after the last watch; slots "
      .. "always keep the old release" },
  },

  decide = function(rollout, options)
    local check, approve = options.check, options.approve
    local live, idle = sides(rollout, options.pools)
    local fresh, old = hosts_of(rollout.targets, idle), hosts_of(rollout.targets, live)
    if #fresh + #old < #rollout.targets then fail("each host needs the tag pool, which is %s or %s", live, idle) end
    local in_slots = rollout.targets:first().slot ~= nil
    if in_slots and #old == 0 then return log.info("slot %s has the traffic, and runs the release on every host", live) end
    -- Slots that already had the release are checked too, because they get the traffic without being changed.
    local had = hosts_of(rollout.unchanged, idle)
    if in_slots and #had > 0 and not check then
      log.warn("slot %s gets the traffic as it is, and nobody checks whether it still runs: give blue_green a check", idle)
    end
    local side = {}
    for _, host in ipairs(had) do side[#side + 1] = host end
    for _, host in ipairs(fresh) do side[#side + 1] = host end
    local asked = type(check) == "function" and { check = check } or check
    local watch = check and gate("check", asked, { during = options.watch, hosts = side })
    local ask = approve and gate("approve", type(approve) == "table" and approve or { message = tostring(approve) }, {})
    local function shift(weights)
      rollout:shift { weights = weights }
      if check then rollout:watch(watch) else rollout:wait(options.watch) end
    end

    local came = rollout:wave(fresh)
    if came.succeeded < #fresh then
      local one, all = in_slots and "slot" or "host", in_slots and "slots" or "hosts"
      rollout:rollback(string.format("a %s did not get the release, and all %s of a side get the traffic together", one, all))
    end
    if check and #had > 0 then rollout:watch(gate("check", asked, { name = "standby", during = "1s", every = "1s", hosts = had })) end
    if approve then rollout:approve(ask) end
    for _, step in ipairs(options.steps) do
      local share = math.tointeger(tonumber(step:match "^(%d+)%%$"))
      if not share or share > 100 then fail("steps of blue_green are shares such as \"10%%\", got %q", step) end
      shift { [idle] = share, [live] = 100 - share }
    end
    shift { [idle] = 100 }
    if in_slots then return end
    rollout:wait(options.keep)
    rollout:wave(old)
  end,
}
