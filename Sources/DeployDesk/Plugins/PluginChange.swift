package import DeployModel

/// A change of one plugin in `deploy.lock`.
package struct PluginChange: Sendable, Hashable {
  package var name: String
  /// The version before the change, or nil if the plugin is new.
  package var before: PluginVersion?
  /// The version after the change, or nil if the plugin was removed.
  package var after: PluginVersion?
  /// The capabilities that the plugin asks for after the change.
  package var asks: [String]
  /// The capabilities that the plugin asks for only after the change.
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
