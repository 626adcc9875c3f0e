-- Every host in one wave: the shortest deployment, and the riskiest.
return strategy "all_at_once" {
  options = schema "all_at_once" {
    parallel = schema.amount { help = "the largest number or share of hosts that change at the same time; if not given, all hosts" },
  },

  decide = function(rollout, options)
    rollout:wave(rollout.targets, { parallel = options.parallel })
  end,
}
