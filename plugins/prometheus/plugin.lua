-- Only data: the code in this file can reach nothing.
return {
  name         = "prometheus",
  version      = "1.0.0",
  api          = 1,
  summary      = "What Prometheus measured about a host, for rollout:analyse and for checks",
  license      = "Apache-2.0",
  main         = "init.lua",
  capabilities = { "http:*/GET" },
}
