-- One batch at a time, each only after the previous one succeeded. The configuration's budget limits how many hosts can fail meanwhile, and
-- the engine enforces it whatever this strategy decides.
return strategy "rolling" {
  options = schema "rolling" {
    batch = schema.amount { default = 1, help = "the number or share of hosts in each wave" },
    pause = schema.duration { help = "the time between two waves" },
  },

  decide = function(rollout, options)
    local first = true
    for batch in rollout.targets:batches(options.batch) do
      if options.pause and not first then rollout:wait(options.pause) end
      rollout:wave(batch)
      first = false
    end
  end,
}
