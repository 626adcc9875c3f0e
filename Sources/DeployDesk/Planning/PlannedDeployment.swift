package import DeployModel

/// A plan that the rehearsals did not refuse, with their results.
package struct PlannedDeployment: Sendable {
  package var plan: Plan
  package var rehearsal: RehearsedPlan
  /// The steps of an appspec installation on a host that has none of its files, one in each line; empty: no appspec file installs files.
  package var installation: [String]
}
