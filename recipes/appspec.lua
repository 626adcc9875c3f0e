-- A bundle with an appspec.yml, as AWS CodeDeploy has them: its files go where appspec.yml says, and its scripts run at their events.
--
--   local appspec = require "recipes.appspec"
--
--   recipe "orders" {
--     base    = appspec { bundle = "build/orders.zip" },
--     targets = group "production",
--   }
--
-- Hooks of the recipe run after the scripts of the same event. If a host fails, the files that were replaced or removed on it are restored.
-- With restore = false, a failed host stays as it is, as with the CodeDeploy agent.
local options = schema "appspec" {
  bundle               = schema.string { required = true, help = "a folder, or a zip or tar file, which may also be the result of build" },
  build                = schema.string { help = "a command that makes the files, on the engine's machine" },
  ignore               = schema.strings { help = "patterns of files to leave out" },
  path                 = schema.string { match = "^/", help = "the folder on hosts that contains the revisions; if not given, /srv/ and "
    .. "the recipe's name" },
  file                 = schema.string { default = "appspec.yml", help = "the appspec file's path in the bundle" },
  file_exists          = schema.choice { "disallow", "overwrite", "retain", default = "disallow",
                           help = "what to do with existing files that no deployment installed" },
  restore              = schema.boolean { default = true, help = "whether Lander restores the previous files on a host that fails" },
  user                 = schema.string { help = "the user who installs files and runs scripts, to whom Lander changes with sudo; if not "
    .. "given, the login user" },
  ignore_stop_failures = schema.boolean { default = false, help = "whether to continue if a stop script of the previous revision fails" },
  foreign_links        = schema.choice { "follow", "refuse", default = "follow",
                           help = "what to do if the path of a destination contains an unsafe link: a link that somebody other than root "
                             .. "and the deploying user can replace" },
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
