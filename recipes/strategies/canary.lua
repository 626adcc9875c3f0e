-- A few hosts first, which are watched; then the others, a batch at a time, each watched too. If a watch finds hosts bad, every host
-- goes back.

--- Looks at the hosts that have the release; without a check only time passes.
local function look(rollout, options)
  if not options.check then return rollout:wait(options.watch) end
  local watch = { during = options.watch }
  if type(options.check) == "function" then watch.check = options.check else
    for name, value in pairs(options.check) do watch[name] = value end
  end
  rollout:watch(watch)
end

return strategy "canary" {
  options = schema "canary" {
    first = schema.amount { default = 1, help = "hosts of the first wave" },
    batch = schema.amount { default = "25%", help = "hosts of each wave after it, of those that are left" },
    watch = schema.duration { default = "10m", help = "how long hosts are watched after a wave" },
    check = schema.any { help = "what is asked of hosts: { http = \"…\" } as in rollout:watch, or a function(host); without it only the "
      .. "first wave is followed by a wait" },
    approve = schema.any { help = "asks a person after the first wave: a message, or a table as in rollout:approve" },
  },

  decide = function(rollout, options)
    local canary, rest = rollout.targets:split(options.first)
    rollout:wave(canary)
    look(rollout, options)
    local approve = options.approve
    if approve then rollout:approve(type(approve) == "table" and approve or { message = tostring(approve) }) end
    for batch in rest:batches(options.batch) do
      rollout:wave(batch)
      if options.check then look(rollout, options) end
    end
  end,
}
