import DeployModel

/// The use cases for the plugins of a project that come from elsewhere, one function each.
package struct PluginDesk: Sendable {
  let sources: any PluginSources
  let shelf: any PluginShelf

  /// The most versions of one source that are tried until one fits.
  static let mostTries = 10
  /// The most plugins that one plugin may bring in.
  static let mostPlugins = 100

  package init(sources: any PluginSources, shelf: any PluginShelf) {
    self.sources = sources
    self.shelf = shelf
  }

  func lock() throws(Problems) -> PluginLock {
    do { return try shelf.lock() ?? PluginLock() } catch { throw Problems(error) }
  }

  /// The plugin of that name in the lock.
  func locked(_ name: String, in lock: PluginLock) throws(Problems) -> LockedPlugin {
    if let plugin = lock[name] { return plugin }
    let names = lock.names
    throw Problems(
      Problem(
        "deploy.lock has no plugin \"\(name)\"",
        fix: names.isEmpty ? "lander plugin add SOURCE adds one" : "it has \(names.joined(separator: ", "))"))
  }

  /// Stores the files and writes the lock; vendored plugins are copied into the project again.
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
