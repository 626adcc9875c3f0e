-- A few hosts first, which are watched; then the others, a batch at a time, each watched too. If a watch finds hosts bad, every host
-- goes back.

--- What a gate is given: the options of the recipe over those of the strategy. If it fails, hosts go back, so it has no on_fail.
local function gate(name, given, own)
  local options = {}
  for key, value in pairs(own) do options[key] = value end
  for key, value in pairs(given) do options[key] = value end
  if options.on_fail then fail("%s of canary takes no on_fail: if it fails, hosts go back", name) end
  return options
end

return strategy "canary" {
  options = schema "canary" {
    first = schema.amount { default = 1, help = "hosts of the first wave" },
    batch = schema.amount { default = "25%", help = "hosts of each wave after it, of those that are left" },
    watch = schema.duration { default = "10m", help = "how long hosts are watched after a wave" },
    check = schema.any { help = "what is asked of hosts: { http = \"…\" } as in rollout:watch, or a function(host); without it only the "
      .. "first wave is followed by a wait" },
    rate  = schema.callback { help = "function(host) that gives { failed, of }: compares the first wave with hosts that wait" },
    value = schema.callback { help = "function(host) that gives a number instead, of which less is better" },
    analyse = schema.any { help = "how they are compared, as in rollout:analyse: { margin = \"+0.5pp\" }" },
    restart = schema.boolean { default = false, help = "whether the hosts that are compared with the first wave are restarted before, "
      .. "so that all of them were just started" },
    approve = schema.any { help = "asks a person after the first wave: a message, or a table as in rollout:approve" },
  },

  decide = function(rollout, options)
    local check, approve = options.check, options.approve
    local watch = check and gate("check", type(check) == "function" and { check = check } or check, { during = options.watch })
    local ask = approve and gate("approve", type(approve) == "table" and approve or { message = tostring(approve) }, {})
    local compare = (options.rate or options.value or options.analyse) and gate("analyse", options.analyse or {},
      { during = options.watch, rate = options.rate, value = options.value })
    local canary, rest = rollout.targets:split(options.first)
    local wave = rollout:wave(canary)
    if compare then
      -- What the budget allows to fail has nothing to compare.
      compare.canary = wave.succeeded_hosts
      if options.restart then
        compare.baseline = compare.baseline or rest:twins(compare.canary)
        rollout:restart(compare.baseline)
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
