-- A few hosts come first, and are watched. Then the others come a batch at a time, and each batch is watched. If a watch finds hosts bad,
-- every host goes back.

--- Returns the options of a gate. The recipe's options win over the strategy's. A gate that fails takes the hosts back, so on_fail is left
--- out.
local function gate(name, given, own)
  local options = {}
  for key, value in pairs(own) do options[key] = value end
  for key, value in pairs(given) do options[key] = value end
  if options.on_fail then fail("%s of canary takes no on_fail: if it fails, hosts go back", name) end
  return options
end

--- Restarts the twins, and returns the canaries and twins to compare. A twin that did not come back is left out: it says nothing about
--- the old release. A twin without a release, as in the very first deployment, is not restarted and stays.
local function restarted(rollout, canary, twins)
  if #twins == 0 then fail "there is no host with the old release to restart and to compare with" end
  local dead, pairs_of = {}, { canary = {}, twins = {} }
  for _, host in ipairs(rollout:restart(twins).failed_hosts) do dead[host.name] = true end
  for i, twin in ipairs(twins) do
    if not dead[twin.name] then
      pairs_of.canary[#pairs_of.canary + 1] = canary[i]
      pairs_of.twins[#pairs_of.twins + 1] = twin
    end
  end
  if #pairs_of.twins == 0 then fail "none of the hosts to compare with came back from its restart" end
  return pairs_of.canary, pairs_of.twins
end

return strategy "canary" {
  options = schema "canary" {
    first = schema.amount { default = 1, help = "the number or share of hosts in the first wave" },
    batch = schema.amount { default = "25%", help = "the number of hosts in each further wave, or a share of the remaining hosts" },
    watch = schema.duration { default = "10m", help = "how long hosts are checked after a wave" },
    check = schema.any { help = "how hosts are checked: the options of rollout:watch, such as { http = \"…\" }, or a function(host). "
      .. "Without check, there is only a wait after the first wave" },
    rate  = schema.callback { help = "function(host) that returns { failed, of }. With rate, Lander compares the first wave with hosts "
      .. "that still have the old release" },
    value = schema.callback { help = "instead of rate, a function(host) that returns a number; smaller numbers are better" },
    analyse = schema.any { help = "how hosts are compared: the options of rollout:analyse, such as { margin = \"+0.5pp\" }" },
    restart = schema.boolean { default = false, help = "whether Lander restarts the hosts with which it compares the first wave before "
      .. "the comparison, so that all processes are equally old" },
    approve = schema.any { help = "the question for a person after the first wave: a message, or the options of rollout:approve" },
  },

  decide = function(rollout, options)
    local check, approve = options.check, options.approve
    local watch = check and gate("check", type(check) == "function" and { check = check } or check, { during = options.watch })
    local ask = approve and gate("approve", type(approve) == "table" and approve or { message = tostring(approve) }, {})
    local compare = (options.rate or options.value or options.analyse) and gate("analyse", options.analyse or {},
      { during = options.watch, rate = options.rate, value = options.value })
    if options.restart and not compare then fail "restart of canary goes with a comparison: give rate, value or analyse" end
    local canary, rest = rollout.targets:split(options.first)
    local wave = rollout:wave(canary)
    if compare then
      -- Hosts that failed, but are within the budget, have nothing to compare.
      compare.canary = wave.succeeded_hosts
      if options.restart then
        local twins = compare.baseline or rest:twins(compare.canary)
        compare.canary, compare.baseline = restarted(rollout, compare.canary, twins)
      end
      rollout:analyse(compare)
    end
    if check then rollout:watch(watch) elseif not compare then rollout:wait(options.watch) end
    if approve then rollout:approve(ask) end
    for batch in rest:batches(options.batch) do
      rollout:wave(batch)
      if check then rollout:watch(watch) end
    end
  end,
}
