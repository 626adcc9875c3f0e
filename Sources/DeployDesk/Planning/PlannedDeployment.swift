package import DeployModel

/// A plan that has passed its rehearsals, with the results of the rehearsals.
package struct PlannedDeployment: Sendable {
  package var plan: Plan
  package var rehearsal: RehearsedPlan
  /// The steps of an appspec installation on a host that has none of its files, one step a line. Empty if no appspec file installs files.
  package var installation: [String]
}
