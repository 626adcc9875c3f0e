package import DeployModel

/// A plan that passed the rehearsals, with their results.
package struct PlannedDeployment: Sendable {
  package var plan: Plan
  package var rehearsal: RehearsedPlan
  /// The steps of an appspec installation, one a line, on a host that has none of its files. It is empty if no appspec file installs files.
  package var installation: [String]
}
