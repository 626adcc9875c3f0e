-- A folder of files behind a web server: sent, switched, and the server told to read its configuration again.
--
--   local static_site = require "recipes.static_site"
--
--   recipe "site" {
--     base    = static_site { from = "dist", path = "/var/www/site", reload = "sudo systemctl reload nginx" },
--     targets = group "production",
--   }
local options = schema "static_site" {
  from   = schema.string { required = true, help = "the folder to send, or where build leaves it" },
  build  = schema.string { help = "a command that makes it, run on this machine" },
  path   = schema.string { required = true, match = "^/", help = "where releases live on hosts, an absolute path" },
  ignore = schema.strings { help = "patterns of files that stay at home" },
  shared = schema.strings { help = "paths that all releases share" },
  reload = schema.string { help = "a command on the host, once the new files are in place" },
  url    = schema.string { match = "^https?://", help = "a page that must answer, asked from the host itself" },
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
