package import DeployModel

/// A plan that was rehearsed and refused by nothing, and what the rehearsals showed.
package struct PlannedDeployment: Sendable {
  package var plan: Plan
  package var rehearsal: RehearsedPlan
  /// If files are put in place by an appspec file: the steps of that on a host that has none of them yet, a line each.
  package var installation: [String]
}
