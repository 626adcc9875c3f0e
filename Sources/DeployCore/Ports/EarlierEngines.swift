package import DeployModel

/// The engines that ran a deployment before the one that resumes it, on any machine, as its journal tells.
package struct EarlierEngines: Sendable, Hashable {
  package var count: Int
  /// The highest intent that they wrote down. What they wrote down may have begun; what comes after it has not. 0: none.
  package var highestIntent: Int

  package init(count: Int, highestIntent: Int) {
    self.count = count
    self.highestIntent = highestIntent
  }

  package init(_ entries: [Entry]) {
    (count, highestIntent) = (1, 0)
    for entry in entries {
      switch entry.fact {
      case .resumed: count += 1
      case .intended(let intent): highestIntent = max(highestIntent, intent.id)
      default: break
      }
    }
  }
}
