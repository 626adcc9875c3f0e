// DeploySimulation: see docs/architecture.md.
