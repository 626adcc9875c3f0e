import DeployModel

/// The use cases for a project's external plugins. Each is one function.
package struct PluginDesk: Sendable {
  let sources: any PluginSources
  let shelf: any PluginShelf

  /// The largest number of versions that are tried of one source, to find a version that fits.
  static let mostTries = 10
  /// The largest number of plugins that one plugin can require, directly and indirectly.
  static let mostPlugins = 100

  package init(sources: any PluginSources, shelf: any PluginShelf) {
    self.sources = sources
    self.shelf = shelf
  }

  func lock() throws(Problems) -> PluginLock {
    do { return try shelf.lock() ?? PluginLock() } catch { throw Problems(error) }
  }

  /// Returns the plugin of this name in the lock.
  /// - Throws: if the lock has no such plugin.
  func locked(_ name: String, in lock: PluginLock) throws(Problems) -> LockedPlugin {
    if let plugin = lock[name] { return plugin }
    let names = lock.names
    throw Problems(
      Problem(
        "deploy.lock has no plugin \"\(name)\"",
        fix: names.isEmpty ? "lander plugin add SOURCE adds one" : "it has \(names.joined(separator: ", "))"))
  }

  /// Stores the plugins' files and writes the lock. Plugins that the project has vendored are copied into the project again.
  func commit(_ found: [FoundPlugin], _ lock: PluginLock) throws(Problems) {
    do throws(Problem) {
      for one in found {
        try shelf.keep(one.tree, as: one.locked.sha256)
        if try shelf.vendored(one.locked.name) != nil { try shelf.vendor(one.tree, as: one.locked.name) }
      }
      try shelf.write(lock)
    } catch { throw Problems(error, exit: .infrastructure) }
  }
}
