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

  /// Returns the newest pair of a recipe and group that has ended. Returns nil if there is none, or if a newer pair has not ended.
  package func newestEnd(of recipe: String, to group: String) async throws -> DeploymentPair? {
    let pairs = DeploymentPair.all(try await deployments().filter { $0.recipe == recipe && $0.group == group })
    return pairs.first.flatMap { $0.state == .concluded ? $0 : nil }
  }
}
