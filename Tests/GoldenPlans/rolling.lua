-- A quarter of the fleet at a time behind a load balancer; a second host that fails takes all back.
configuration "careful" { floor = "50%", budget = { failed = 1 } }
group "production" { hosts = { "web[1-8]" } }

local function is_ready(host) return host:try("curl -fsS localhost:8080/ready", { timeout = "5s" }).ok end

recipe "web" {
  api = 1, application = "web", revision = bundle { from = "app" }, targets = group "production", path = "/srv/web",
  configuration = "careful",
  strategy = rolling { batch = "25%" },
  on = {
    BlockTraffic = function(host)
      host:run "haproxyctl drain web/$(hostname)"
      host:run("haproxyctl wait-idle web/$(hostname)", { timeout = "90s" })
    end,
    ApplicationStop = function(host) host:run "sudo systemctl stop web" end,
    ApplicationStart = function(host) host:run "sudo systemctl start web" end,
    ValidateService = function(host)
      retry({ times = 20, every = "3s" }, function()
        if not is_ready(host) then fail("%s is not ready", host) end
      end)
    end,
    AllowTraffic = function(host) host:run "haproxyctl enable web/$(hostname)" end,
  },
}
