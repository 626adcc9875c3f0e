package import DeployModel

/// The engines that ran a deployment before the engine that resumes it, on any machine, according to the journal.
package struct EarlierEngines: Sendable, Hashable {
  package var count: Int
  /// The highest intent in the journal, or 0 if there is none. Operations of intents up to this one might have begun. Operations of later
  /// intents have not begun.
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
