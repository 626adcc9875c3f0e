package import DeployModel

/// The hosts of a group that a deployment leaves alone. Of these hosts, those that serve count towards the floor of the whole group.
package struct Bystanders: Sendable, Hashable {
  /// The number of these hosts.
  package let count: Int
  /// The number of these hosts that serve and that no other deployment is changing.
  package let serving: Int
  /// The marks of stages on these hosts.
  package let marks: [StageMark]
  /// The deployments that hold a lock on one of these hosts now.
  package let holders: [Deployment.ID]
  /// The bundles that these hosts run.
  package let bundles: [Digest]
  /// Whether some of these hosts were not surveyed or did not answer, so that their marks and bundles are unknown.
  package let areUnknown: Bool

  /// Creates the value for hosts that were not surveyed. All of them count as serving.
  package init(unasked count: Int) {
    (self.count, serving, marks, holders, bundles, areUnknown) = (count, count, [], [], [], count > 0)
  }

  /// - Parameters:
  ///   - surveys: the survey of each of these hosts.
  ///   - counts: whether to count which hosts serve. If false, all hosts count as serving.
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
      // A deployment that holds the host's lock can take the host out of service at any moment.
      let isFree = state.lock.map { $0.leaseLeft <= 0 } ?? true
      return isFree && (state.current != nil || state.strange != nil) && !state.isUnsettled && !state.runsUnrecordedRelease
    }
  }
}
