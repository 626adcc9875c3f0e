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
  /// How many are out of reach: what these remember is unknown.
  package let silent: Int

  /// Nobody asked them, so all of them count as serving.
  package init(unasked count: Int) { (self.count, serving, marks, holders, silent) = (count, count, [], [], 0) }

  /// - Parameters:
  ///   - surveys: one for each of them.
  ///   - counts: whether it matters how many serve; if not, all count as serving.
  package init(_ surveys: [Survey], counts: Bool = true) {
    count = surveys.count
    silent = surveys.count { if case .unreachable = $0 { true } else { false } }
    holders = surveys.compactMap { survey in
      guard case .reached(let state) = survey, let lock = state.lock, lock.leaseLeft > 0 else { return nil }
      return lock.deployment
    }
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
      return isFree && (state.current != nil || state.strange != nil) && !state.isUnsettled && !state.isHalfway
    }
  }
}
