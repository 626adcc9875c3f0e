-- One host comes first, and then waves that grow: after each wave, four times as many hosts have the release as before. A failure shows on
-- few hosts, and a large group takes few waves. A recipe without a strategy uses this one.
return strategy "growing" {
  options = schema "growing" {
    first = schema.amount { default = 1, help = "the number or share of hosts in the first wave" },
    factor = schema.integer { default = 4, min = 2, max = 1000, help = "the factor by which the number of hosts with the release grows "
      .. "with each further wave" },
    parallel = schema.amount { help = "the largest number or share of hosts of a wave that change at the same time; if not given, all" },
    pause = schema.duration { help = "the time between two waves" },
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
