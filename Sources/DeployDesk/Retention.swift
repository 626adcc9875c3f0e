package import DeployModel

/// Decides which bundles this machine's store keeps, and removes the others.
package struct Retention: Sendable {
  let shelf: any BundleShelf
  /// The deployments of this state folder, or nil if there are none.
  let past: PastDeployments?

  package init(shelf: any BundleShelf, past: PastDeployments?) {
    self.shelf = shelf
    self.past = past
  }

  /// The removed bundles, and the number of older bundles that stay because they are in use.
  package struct Outcome: Sendable {
    package var removed: Pruned
    package var spared: Int
  }

  /// Removes all bundles except the newest `keep` bundles and those in use. Nothing changes on hosts.
  package func prune(keep: Int) async throws -> Outcome {
    let deployments = try await past?.deployments() ?? []
    let before = try shelf.list().map(\.bundle.digest)
    let inUse = Self.inUse(deployments)
    let removed = try await shelf.prune(keep: keep, inUse: inUse)
    return Outcome(removed: removed, spared: before.dropFirst(keep).count { inUse.contains($0) })
  }

  /// Checks every file of a bundle, or of all bundles, against its digest.
  /// - Parameter prefix: the beginning of the bundle's digest, or nil for all bundles.
  /// - Returns: the number of bundles that were checked.
  /// - Throws: an error that lists everything that has changed since the bundles were stored.
  package func verify(_ prefix: String?) async throws -> Int {
    let chosen = try prefix.map { try shelf.inspect($0).stored.bundle.digest }
    let problems = try await shelf.verify(chosen)
    if !problems.isEmpty { throw Problems(problems, exit: .infrastructure) }
    return chosen == nil ? try shelf.list().count : 1
  }

  /// Returns the bundles of deployments that have not ended, and the last two good bundles of each application and group, which are the
  /// bundle that runs now and the one before it.
  /// - Parameter deployments: the deployments, newest first.
  static func inUse(_ deployments: [DeploymentSummary]) -> [Digest] {
    var kept: [Digest] = []
    var good: [(place: String, bundles: [Digest])] = []
    for deployment in deployments {
      guard let bundle = deployment.bundle else { continue }
      if deployment.status == nil, !deployment.isSuperseded { kept.append(bundle) }
      guard deployment.status == .succeeded else { continue }
      let place = "\(deployment.application) \(deployment.group)"
      if let index = good.firstIndex(where: { $0.place == place }) {
        if !good[index].bundles.contains(bundle) { good[index].bundles.append(bundle) }
      } else {
        good.append((place, [bundle]))
      }
    }
    return kept + good.flatMap { $0.bundles.prefix(2) }
  }
}
