-- A bundle with an appspec.yml, as AWS CodeDeploy has them: its files go where the file says, its scripts run at their events.
--
--   local appspec = require "recipes.appspec"
--
--   recipe "orders" {
--     base    = appspec { bundle = "build/orders.zip" },
--     targets = group "production",
--   }
--
-- Hooks of the recipe run after the scripts of the same event. What is replaced or removed on a host comes back when the host fails;
-- with restore = false a failed host stays as it is, as under the CodeDeploy agent.
local options = schema "appspec" {
  bundle               = schema.string { required = true, help = "the bundle: a folder, a zip or a tar file, or where build leaves it" },
  build                = schema.string { help = "a command that makes it, run on this machine" },
  ignore               = schema.strings { help = "patterns of files that stay at home" },
  path                 = schema.string { match = "^/", help = "where revisions are kept on hosts; /srv/ and the recipe's name" },
  file                 = schema.string { default = "appspec.yml", help = "the appspec file's path in the bundle" },
  file_exists          = schema.choice { "disallow", "overwrite", "retain", default = "disallow",
                           help = "what becomes of files at a destination that no deployment put there" },
  restore              = schema.boolean { default = true, help = "whether a host that fails gets its previous files back" },
  user                 = schema.string { help = "as whom files are put in place and scripts started, by way of sudo; the login user" },
  ignore_stop_failures = schema.boolean { default = false, help = "whether failing stop scripts of the previous revision are skipped" },
  foreign_links        = schema.choice { "follow", "refuse", default = "follow",
                           help = "links on the way to destinations that others than root and who deploys can exchange" },
}

return function(given)
  local wanted = options(given)

  return recipe {
    revision = bundle { from = wanted.bundle, build = wanted.build, ignore = wanted.ignore },
    path     = wanted.path,
    rollback = wanted.restore,
    appspec  = {
      file = wanted.file, file_exists = wanted.file_exists, restore = wanted.restore,
      ignore_stop_failures = wanted.ignore_stop_failures, foreign_links = wanted.foreign_links, user = wanted.user,
    },
  }
end
