-- Only data: the code in this file can reach nothing.
return {
  name         = "nginx",
  version      = "1.0.0",
  api          = 1,
  summary      = "Takes hosts out of an nginx upstream and brings them back, and shares traffic between pools",
  license      = "Apache-2.0",
  main         = "init.lua",
  capabilities = { "host.run" },
}
