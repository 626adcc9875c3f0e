-- Three hosts on this machine stand for three servers: each has a folder and a port of its own. On real servers the group
-- would say `hosts = { "web[1-3].example.com" }`, and nothing else here would change.
local http_check = require "http_check"

local root  = "/tmp/lander-demo"
local ports = { 8471, 8472, 8473 }

local function server(name, port)
  return host(name) { transport = "local", root = root .. "/hosts/" .. name, vars = { port = port } }
end

group "demo" {
  hosts = { server("one", ports[1]), server("two", ports[2]), server("three", ports[3]) },
}

recipe "shop" {
  api      = 1,
  revision = bundle { from = "site" },
  targets  = group "demo",
  path     = "/srv/shop",
  shared   = { "run/" },
  stages   = { stage.upload, stage.rollout { strategy = rolling { batch = 1 } } },

  on = {
    ApplicationStop  = function(host) host:run "bin/stop" end,
    ApplicationStart = function(host) host:run { "bin/start", tostring(host.vars.port) } end,
    ValidateService  = http_check { url = "http://127.0.0.1:{port}/health", timeout = "5s", every = "0.2s" },
  },
}
