-- What CodeDeployDefault.OneAtATime does, with a check of each host.
group "production" { hosts = { "api[1-3]" } }

recipe "orders-api" {
  api = 1, application = "orders-api", revision = bundle { from = "app" }, targets = group "production", path = "/srv/orders",
  configuration = "CodeDeployDefault.OneAtATime",
  params = { environment = param.string { default = "staging" } },
  on = {
    ValidateService = function(host, deployment)
      host:wait_for { http = "http://localhost:8080/health", status = 200, timeout = "2m", every = "3s" }
      log.info("%s serves release %s", host, deployment.revision)
    end,
  },
}
