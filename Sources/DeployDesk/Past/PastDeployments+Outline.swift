package import DeployModel

extension PastJournal {
  /// Returns the entries that say who made a deployment, why, and how it ended, in order. Unreadable entries are left out.
  package func outline(of deployment: Deployment.ID) async throws(Failure) -> [Entry] {
    try await entries(of: deployment).entries.filter(\.isOutline)
  }
}

extension PastDeployments {
  /// Returns the entries that say who made a deployment, why, and how it ended.
  package func outline(of deployment: Deployment.ID) async throws -> [Entry] { try await journal.outline(of: deployment) }

  /// Returns the newest pair of a recipe and group if that pair has ended. Returns nil if it has not ended, or if there is no pair.
  package func newestEnd(of recipe: String, to group: String) async throws -> DeploymentPair? {
    let pairs = DeploymentPair.all(try await deployments().filter { $0.recipe == recipe && $0.group == group })
    return pairs.first.flatMap { $0.state == .concluded ? $0 : nil }
  }
}
