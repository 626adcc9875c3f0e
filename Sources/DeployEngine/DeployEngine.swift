// DeployEngine: see docs/architecture.md.
