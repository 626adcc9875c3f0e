-- Equal waves, with the same time between them. During that time, hosts are watched. If a watch finds hosts bad, every host goes back.

--- Returns the options of a gate: those of the recipe, and then those of the strategy. Hosts go back if the gate fails, so it has no
--- on_fail.
local function gate(name, given, own)
  local options = {}
  for key, value in pairs(own) do options[key] = value end
  for key, value in pairs(given) do options[key] = value end
  if options.on_fail then fail("%s of linear takes no on_fail: if it fails, hosts go back", name) end
  return options
end

return strategy "linear" {
  options = schema "linear" {
    batch = schema.amount { default = "10%", help = "the number or share of hosts in each wave" },
    watch = schema.duration { default = "5m", help = "how long hosts are checked after each wave" },
    check = schema.any { help = "how hosts are checked: the options of rollout:watch, such as { http = \"…\" }, or a function(host). "
      .. "Without check, there is only a wait after each wave except the last" },
    approve = schema.any { help = "the question after each wave except the last: a message, or the options of rollout:approve" },
  },

  decide = function(rollout, options)
    local check, approve, left = options.check, options.approve, #rollout.targets
    local watch = check and gate("check", type(check) == "function" and { check = check } or check, { during = options.watch })
    local ask = approve and gate("approve", type(approve) == "table" and approve or { message = tostring(approve) }, {})
    for batch in rollout.targets:batches(options.batch) do
      rollout:wave(batch)
      left = left - #batch
      if check then rollout:watch(watch) elseif left > 0 then rollout:wait(options.watch) end
      if approve and left > 0 then rollout:approve(ask) end
    end
  end,
}
