package import DeployModel

/// The hosts of a group that a deployment leaves alone, and how many of them count: the floor is the whole group's.
package struct Bystanders: Sendable, Hashable {
  /// How many there are.
  package let count: Int
  /// How many serve and are not changed by another deployment.
  package let serving: Int
  /// Stages that they remember.
  package let marks: [StageMark]
  /// Deployments that hold a lock on one of them now.
  package let holders: [Deployment.ID]
  /// Bundles that they run.
  package let bundles: [Digest]
  /// Whether some of them were not asked, or did not answer: what these remember and run is unknown.
  package let areUnknown: Bool

  /// Nobody asked them, so all of them count as serving.
  package init(unasked count: Int) {
    (self.count, serving, marks, holders, bundles, areUnknown) = (count, count, [], [], [], count > 0)
  }

  /// - Parameters:
  ///   - surveys: one for each of them.
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
