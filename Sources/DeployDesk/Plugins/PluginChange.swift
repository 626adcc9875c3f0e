package import DeployModel

/// What happened to one plugin of `deploy.lock`.
package struct PluginChange: Sendable, Hashable {
  package var name: String
  /// The version before; nil: the plugin is new.
  package var before: PluginVersion?
  /// The version now; nil: the plugin was removed.
  package var after: PluginVersion?
  /// The capabilities that it asks for now.
  package var asks: [String]
  /// The capabilities that it did not ask for before.
  package var more: [String]

  package init(from before: LockedPlugin?, to after: LockedPlugin?) {
    name = after?.name ?? before?.name ?? ""
    self.before = before?.version
    self.after = after?.version
    asks = after?.capabilities ?? []
    more = asks.filter { before?.capabilities.contains($0) == false }
  }

  static func all(from before: PluginLock, to after: PluginLock) -> [PluginChange] {
    let names = Set(before.names + after.names).sorted()
    return names.filter { before[$0] != after[$0] }.map { PluginChange(from: before[$0], to: after[$0]) }
  }
}
