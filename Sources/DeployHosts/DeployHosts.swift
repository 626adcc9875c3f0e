// DeployHosts: see docs/architecture.md.
