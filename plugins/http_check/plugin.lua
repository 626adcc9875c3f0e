-- Only data: the code in this file can reach nothing.
return {
  name         = "http_check",
  version      = "1.0.0",
  api          = 1,
  summary      = "Health checks by HTTP, asked from the host itself",
  license      = "Apache-2.0",
  main         = "init.lua",
  capabilities = { "host.check" },
}
