-- An application of CodeDeploy: its files, permissions and scripts come from the appspec.yml in the bundle.
local appspec = require "recipes.appspec"

recipe "orders" {
  base = appspec { bundle = "app" }, api = 1, targets = { "api1", "api2" }, configuration = "CodeDeployDefault.OneAtATime",
  params = { environment = param.choice { "staging", "production", default = "staging" } },
  on = {
    ValidateService = function(host, deployment)
      host:wait_for { http = "http://localhost:8080/health", status = 200, timeout = "2m", every = "3s" }
      log.info("%s serves %s in %s", host, deployment.revision, deployment.params.environment)
    end,
  },
}
