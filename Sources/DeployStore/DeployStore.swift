// DeployStore: see docs/architecture.md.
