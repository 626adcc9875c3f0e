-- Billing: a plugin tells the team, and one host migrates the database before the rollout.
local notify = require "notify"
local notes = notify { url = secret "CHAT_HOOK", text = "billing" }

recipe "billing" {
  base = notes.base, api = 1, revision = bundle "app", targets = { "bill1", "bill2", "bill3" }, path = "/srv/billing",
  stages = {
    notes.stage,
    stage.upload,
    stage "migrate" {
      summary = "migrate the database",
      run = function(deployment)
        deployment.targets:first():run("bin/migrate --yes", {
          cwd = deployment.release_path, env = { DATABASE_URL = secret "DATABASE_URL" }, timeout = "15m",
        })
      end,
    },
    stage.rollout { strategy = rolling { batch = 1 } },
  },
}
