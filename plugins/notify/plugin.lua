-- Only data: the code in this file can reach nothing.
return {
  name         = "notify",
  version      = "1.0.0",
  api          = 1,
  summary      = "Tells a chat or a program how a deployment goes; a failed notification does not fail the deployment",
  license      = "Apache-2.0",
  main         = "init.lua",
  capabilities = { "local.exec:curl", "local.exec:sh" },
}
