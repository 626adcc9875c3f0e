package import DeployModel

extension PastJournal {
  /// The entries of a deployment that say who made it, why, and what it left, in their order. Unreadable entries are left out.
  package func outline(of deployment: Deployment.ID) async throws(Failure) -> [Entry] {
    try await entries(of: deployment).entries.filter(\.isOutline)
  }
}

extension PastDeployments {
  /// The entries that say who made a deployment, why, and what it left.
  package func outline(of deployment: Deployment.ID) async throws -> [Entry] { try await journal.outline(of: deployment) }

  /// The newest pair of a recipe and group that has ended; nil: there is none, or a newer pair is open.
  package func newestEnd(of recipe: String, to group: String) async throws -> DeploymentPair? {
    let pairs = DeploymentPair.all(try await deployments().filter { $0.recipe == recipe && $0.group == group })
    return pairs.first.flatMap { $0.state == .concluded ? $0 : nil }
  }
}
