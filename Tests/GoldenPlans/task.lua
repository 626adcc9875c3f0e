-- A runbook: the index is checked once, then each host leaves its traffic, is cleaned, and joins it again; somebody looks after the first.
group "production" { hosts = { "web[1-3]" } }

local careful = strategy "careful" (function(rollout)
  local first, rest = rollout.targets:split(1)
  rollout:wave(first)
  rollout:approve { name = "looks good", timeout = "30m" }
  rollout:wave(rest, { parallel = 1 })
end)

recipe "shop" {
  revision = bundle { from = "app" }, targets = group "production", path = "/srv/shop",
  on = {
    BlockTraffic = function(host) host:run "bin/leave" end,
    ValidateService = function(host) host:wait_for { port = 8080, timeout = "1m" } end,
    AllowTraffic = function(host) host:run "bin/join" end,
  },
  tasks = {
    task "clean" {
      drain = true, strategy = careful {}, summary = "when disks fill up",
      params = { days = param.integer { default = 7, min = 1 } },
      once = function(deployment) deployment.targets:first():run("bin/check-index", { timeout = "5m" }) end,
      run = function(host, deployment) host:run { "bin/clean", "--days", "" .. deployment.params.days } end,
    },
  },
}
