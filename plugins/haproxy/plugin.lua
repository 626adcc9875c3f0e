-- Only data: the code in this file can reach nothing.
return {
  name         = "haproxy",
  version      = "1.0.0",
  api          = 1,
  summary      = "Takes hosts out of HAProxy and brings them back, and shares traffic between pools, by its runtime socket",
  license      = "Apache-2.0",
  main         = "init.lua",
  capabilities = { "host.run" },
}
