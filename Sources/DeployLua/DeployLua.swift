// DeployLua: see docs/architecture.md.
