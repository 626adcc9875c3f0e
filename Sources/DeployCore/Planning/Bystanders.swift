package import DeployModel

/// The hosts of a group that a deployment leaves alone, and how many of them count: the floor is the whole group's.
package struct Bystanders: Sendable, Hashable {
  /// How many there are.
  package let count: Int
  /// How many serve and are not changed by another deployment.
  package let serving: Int
  /// Stages that they remember.
  package let marks: [StageMark]

  /// Nobody asked them, so all of them count as serving.
  package init(unasked count: Int) { (self.count, serving, marks) = (count, count, []) }

  /// - Parameter surveys: one for each of them.
  package init(_ surveys: [Survey]) {
    count = surveys.count
    marks = surveys.flatMap { survey -> [StageMark] in
      guard case .reached(let state) = survey else { return [] }
      return state.marks ?? []
    }
    serving = surveys.count { survey in
      guard case .reached(let state) = survey else { return false }
      // A deployment that holds the lock may take the host out of service at any moment.
      let isFree = state.lock.map { $0.leaseLeft <= 0 } ?? true
      return isFree && (state.current != nil || state.strange != nil) && !state.isUnsettled && !state.isHalfway
    }
  }
}
