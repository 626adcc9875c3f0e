package import DeployModel
import FoundationEssentials

/// Says which plugins of a project come from elsewhere. Those plugins are allowed to do only what they were granted.
package struct PluginOrigins: Sendable {
  /// The file `deploy.lock`, or nil if the project has none. Without it, all of the project's plugins are its own or come with Lander.
  package let lock: SourceFile?
  /// The names of the plugins in the lock file.
  let locked: Set<ExactText>
  /// A function that returns why a plugin in the lock file must not be read, or nil if it can be read.
  let refusal: @Sendable (String) -> Problem?

  /// The origins of a project in which no plugin comes from elsewhere.
  package static let none = PluginOrigins(lock: nil, locked: [], refusal: { _ in nil })

  private init(lock: SourceFile?, locked: Set<ExactText>, refusal: @escaping @Sendable (String) -> Problem?) {
    self.lock = lock
    self.locked = locked
    self.refusal = refusal
  }

  /// - Parameters:
  ///   - lock: the text of `deploy.lock`, or nil if there is none.
  ///   - refusal: returns why a plugin in the lock file must not be read, or nil if it can be read.
  /// - Throws: an error that says what is wrong with the lock file.
  package init(lock text: String?, refusal: @escaping @Sendable (String) -> Problem? = { _ in nil }) throws(Problem) {
    guard let text else {
      self = .none
      return
    }
    self.init(
      lock: SourceFile(path: PluginLock.file, text: text), locked: Set(try Self.lock(text).names.map { ExactText($0) }), refusal: refusal)
  }

  /// Finds the lock file among sources that were pinned with a deployment and have already been checked.
  init(in sources: [SourceFile]) throws(Problem) {
    try self.init(lock: sources.first { $0.path.isExactly(PluginLock.file) }?.text)
  }

  /// Reads the text of a lock file.
  /// - Throws: an error that says what is wrong with the text.
  package static func lock(_ text: String) throws(Problem) -> PluginLock {
    guard let value = try? JSONDecoder().decode(Value.self, from: Data(text.utf8)) else {
      throw Problem(
        "deploy.lock cannot be read: it is no JSON", place: SourcePlace(file: PluginLock.file, line: 1),
        fix: "take it back from version control, or write it anew with lander plugin add")
    }
    return try PluginLock(value)
  }
}
