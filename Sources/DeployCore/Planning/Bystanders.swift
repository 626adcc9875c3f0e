package import DeployModel

/// The hosts of a group that a deployment leaves alone, and how many of them serve: the floor holds for the whole group.
package struct Bystanders: Sendable, Hashable {
  /// The number of these hosts.
  package let count: Int
  /// The number of these hosts that serve and are not changed by another deployment.
  package let serving: Int
  /// The stages that these hosts remember.
  package let marks: [StageMark]
  /// Deployments that hold a lock on one of these hosts now.
  package let holders: [Deployment.ID]
  /// Bundles that these hosts run.
  package let bundles: [Digest]
  /// Whether some of these hosts were not surveyed or did not answer, so that it is unknown what they remember and run.
  package let areUnknown: Bool

  /// Hosts that were not surveyed, so all of them count as serving.
  package init(unasked count: Int) {
    (self.count, serving, marks, holders, bundles, areUnknown) = (count, count, [], [], [], count > 0)
  }

  /// - Parameters:
  ///   - surveys: one survey for each of these hosts.
  ///   - counts: whether it matters how many serve; if not, all count as serving.
  package init(_ surveys: [Survey], counts: Bool = true) {
    count = surveys.count
    let states = surveys.compactMap { if case .reached(let state) = $0 { state } else { nil } }
    areUnknown = states.count < surveys.count
    bundles = states.compactMap { $0.receipt?.inputs.bundle }
    holders = states.compactMap { state in state.lock.flatMap { $0.leaseLeft > 0 ? $0.deployment : nil } }
    marks = surveys.flatMap { survey -> [StageMark] in
      guard case .reached(let state) = survey else { return [] }
      return state.marks ?? []
    }
    guard counts else {
      serving = count
      return
    }
    serving = surveys.count { survey in
      guard case .reached(let state) = survey else { return false }
      // A deployment that holds the lock may take the host out of service at any moment.
      let isFree = state.lock.map { $0.leaseLeft <= 0 } ?? true
      return isFree && (state.current != nil || state.strange != nil) && !state.isUnsettled && !state.runsUnrecordedRelease
    }
  }
}
