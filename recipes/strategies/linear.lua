-- Equal waves with the same time between them, in which hosts are watched. If a watch finds hosts bad, every host goes back.
return strategy "linear" {
  options = schema "linear" {
    batch = schema.amount { default = "10%", help = "hosts of each wave" },
    watch = schema.duration { default = "5m", help = "how long hosts are watched after each wave" },
    check = schema.any { help = "what is asked of hosts: { http = \"…\" } as in rollout:watch, or a function(host); without it only "
      .. "time passes, and not after the last wave" },
    approve = schema.any { help = "asks a person after each wave but the last: a message, or a table as in rollout:approve" },
  },

  decide = function(rollout, options)
    local watch, approve, left = { during = options.watch }, options.approve, #rollout.targets
    if type(options.check) == "function" then watch.check = options.check end
    if type(options.check) == "table" then
      for name, value in pairs(options.check) do watch[name] = value end
    end
    for batch in rollout.targets:batches(options.batch) do
      rollout:wave(batch)
      left = left - #batch
      if options.check then rollout:watch(watch) elseif left > 0 then rollout:wait(options.watch) end
      if approve and left > 0 then rollout:approve(type(approve) == "table" and approve or { message = tostring(approve) }) end
    end
  end,
}
