-- Two fleets and a router: the idle one gets the release, a person looks at it, and the router is pointed at it.
group "shop" {
  hosts = { host "blue1" { tags = { colour = "blue" } }, host "blue2" { tags = { colour = "blue" } },
    host "green1" { tags = { colour = "green" } }, host "green2" { tags = { colour = "green" } } },
}
group "routers" { hosts = { "router1" } }

local function point_at(router, fleet)
  local servers = fleet:map(function(host) return ("server %s:8080;"):format(host.name) end)
  router:write("/etc/nginx/upstreams/shop.conf", "upstream shop {\n  " .. table.concat(servers, "\n  ") .. "\n}\n")
  router:run "sudo nginx -t"
  router:run "sudo nginx -s reload"
end

local switched = strategy "switched" (function(rollout)
  local routers = rollout:partners "routers"
  local live = routers:first():read("/etc/nginx/upstreams/shop.live", { default = "blue", rehearse = "blue" })
  local idle = rollout.targets:where { colour = live == "blue" and "green" or "blue" }
  local old = rollout.targets:where { colour = live }
  rollout:wave(idle)
  rollout:approve { message = ("Switch the traffic from %s?"):format(live), timeout = "4h" }
  each(routers, function(router) point_at(router, idle) end)
  rollout:watch { http = "http://localhost:8080/health", every = "5s", during = "5m" }
  rollout:wait "1h"
  rollout:wave(old)
end)

recipe "shop" {
  api = 1, revision = bundle "app", targets = group "shop", partners = group "routers", path = "/srv/shop",
  strategy = switched,
  on = {
    ApplicationStart = function(host) host:run "sudo systemctl restart shop" end,
    ValidateService = function(host) host:wait_for { http = "http://localhost:8080/health" } end,
  },
}
