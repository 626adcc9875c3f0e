-- A database that is migrated once, between the upload and a rollout of one host after the other, and people who are told.
group "production" { hosts = { "billing[1-2]" } }

recipe "billing" {
  api = 1, revision = bundle "app", targets = group "production", path = "/srv/billing",
  stages = {
    stage.upload,
    stage "migrate" {
      summary = "Run database migrations once, from one host",
      run = function(deployment)
        deployment.targets:first():run("bin/migrate --yes", { env = { DATABASE_URL = secret "DATABASE_URL" }, timeout = "15m" })
      end,
    },
    stage.rollout { strategy = rolling { batch = 1 } },
    stage "announce" { run = function(deployment) here:run { "bin/announce", "#deploys", deployment.revision } end },
  },
  on_failure = function(_, error) here:run { "bin/announce", "#billing-oncall", error.message } end,
}
