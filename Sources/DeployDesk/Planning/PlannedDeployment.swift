package import DeployModel

/// A plan that was rehearsed without a refusal, and what the rehearsals showed.
package struct PlannedDeployment: Sendable {
  package var plan: Plan
  package var rehearsal: RehearsedPlan
  /// The steps of an appspec installation on a host that has none of its files yet, one a line; empty: no appspec file puts files in place.
  package var installation: [String]
}
