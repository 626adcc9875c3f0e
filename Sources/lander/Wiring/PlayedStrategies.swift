import DeployLua
import DeployModel
import Synchronization

/// The projects of strategies that tests of one file play. Many tests play a strategy with the same options, and it is read once for them.
final class PlayedStrategies: Sendable {
  /// The number of strategies with their options that are remembered.
  private static let most = 16
  private let latest = Mutex<[(text: String, project: Project)]>([])

  /// Returns the project of a strategy. `read` reads it if that has not happened lately.
  func project(of spec: StrategySpec, read: () throws(Problems) -> Project) throws(Problems) -> Project {
    let text = spec.file.text
    if let known = latest.withLock({ $0.first { $0.text.isExactly(text) } }) { return known.project }
    let project = try read()
    latest.withLock { latest in
      if latest.count == Self.most { latest.removeFirst() }
      latest.append((text, project))
    }
    return project
  }
}
