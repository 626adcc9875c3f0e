// DeployReport: see docs/architecture.md.
