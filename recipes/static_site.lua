-- Deploys a folder of files for a web server: sends it, switches to it, and tells the server to read its configuration again.
--
--   local static_site = require "recipes.static_site"
--
--   recipe "site" {
--     base    = static_site { from = "dist", path = "/var/www/site", reload = "sudo systemctl reload nginx" },
--     targets = group "production",
--   }
local options = schema "static_site" {
  from   = schema.string { required = true, help = "the folder to send, which may also be the result of build" },
  build  = schema.string { help = "a command that makes the files, on the engine's machine" },
  path   = schema.string { required = true, match = "^/", help = "the absolute path of the folder on hosts that contains the releases" },
  ignore = schema.strings { help = "patterns of files to leave out" },
  shared = schema.strings { help = "paths that all releases share" },
  reload = schema.string { help = "a command that runs on the host after the new files are current" },
  url    = schema.string { match = "^https?://", help = "the URL of a page that must answer when the host itself requests it" },
}

return function(given)
  local site = options(given)

  return recipe {
    revision = bundle { from = site.from, build = site.build, ignore = site.ignore },
    path     = site.path,
    shared   = site.shared,

    on = {
      ApplicationStart = site.reload and function(host)
        host:run(site.reload)
      end,

      ValidateService = site.url and function(host)
        host:wait_for { http = site.url, timeout = "1m" }
      end,
    },
  }
end
