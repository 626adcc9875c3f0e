-- Every host in one wave: the shortest deployment, and the one that risks most.
return strategy "all_at_once" {
  options = schema "all_at_once" {
    parallel = schema.amount { help = "how many hosts at once; all of them where not given" },
  },

  decide = function(rollout, options)
    rollout:wave(rollout.targets, { parallel = options.parallel })
  end,
}
