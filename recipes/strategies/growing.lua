-- A first host, then waves that grow: each brings the release to as many hosts as make four times those that had it before. What fails
-- shows on few hosts, and a large group is done in few waves. This is how a recipe without a strategy goes.
return strategy "growing" {
  options = schema "growing" {
    first = schema.amount { default = 1, help = "hosts of the first wave" },
    factor = schema.integer { default = 4, min = 2, max = 1000, help = "how many times as many hosts have it after each further wave" },
    parallel = schema.amount { help = "how many hosts of a wave at once; all of them where not given" },
    pause = schema.duration { help = "between two waves" },
  },

  decide = function(rollout, options)
    local wave, rest = rollout.targets:split(options.first)
    local reached = 0
    while #wave > 0 do
      if options.pause and reached > 0 then rollout:wait(options.pause) end
      rollout:wave(wave, { parallel = options.parallel })
      reached = reached + #wave
      wave, rest = rest:split(reached * (options.factor - 1))
    end
  end,
}
