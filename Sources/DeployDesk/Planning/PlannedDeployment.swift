package import DeployModel

/// A plan that was rehearsed without a refusal, and what the rehearsals showed.
package struct PlannedDeployment: Sendable {
  package var plan: Plan
  package var rehearsal: RehearsedPlan
  /// If an appspec file puts files in place: the steps of that on a host that has none of them yet, a line each.
  package var installation: [String]
}
