// DeployAppSpec: see docs/architecture.md.
