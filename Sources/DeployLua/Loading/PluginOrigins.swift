package import DeployModel
import FoundationEssentials

/// Says which plugins of a project come from elsewhere; those may do only what they were granted.
package struct PluginOrigins: Sendable {
  /// `deploy.lock`; nil: the project has none, so all its plugins are its own or come with Lander.
  package let lock: SourceFile?
  /// Names of the plugins in the lock.
  let locked: Set<ExactText>
  /// Why a plugin of the lock may not be read; nil if it may.
  let refusal: @Sendable (String) -> Problem?

  /// No plugin comes from elsewhere.
  package static let none = PluginOrigins(lock: nil, locked: [], refusal: { _ in nil })

  private init(lock: SourceFile?, locked: Set<ExactText>, refusal: @escaping @Sendable (String) -> Problem?) {
    self.lock = lock
    self.locked = locked
    self.refusal = refusal
  }

  /// - Parameters:
  ///   - lock: the text of `deploy.lock`; nil if there is none.
  ///   - refusal: why a plugin of the lock may not be read; nil if it may.
  /// - Throws: what is wrong with the lock.
  package init(lock text: String?, refusal: @escaping @Sendable (String) -> Problem? = { _ in nil }) throws(Problem) {
    guard let text else {
      self = .none
      return
    }
    self.init(
      lock: SourceFile(path: PluginLock.file, text: text), locked: Set(try Self.lock(text).names.map { ExactText($0) }), refusal: refusal)
  }

  /// From sources that were pinned with a deployment; they were checked before.
  init(in sources: [SourceFile]) throws(Problem) {
    try self.init(lock: sources.first { $0.path.isExactly(PluginLock.file) }?.text)
  }

  /// What a lock's text says.
  /// - Throws: what is wrong with it.
  package static func lock(_ text: String) throws(Problem) -> PluginLock {
    guard let value = try? JSONDecoder().decode(Value.self, from: Data(text.utf8)) else {
      throw Problem(
        "deploy.lock cannot be read: it is no JSON", place: SourcePlace(file: PluginLock.file, line: 1),
        fix: "take it back from version control, or write it anew with lander plugin add")
    }
    return try PluginLock(value)
  }
}
