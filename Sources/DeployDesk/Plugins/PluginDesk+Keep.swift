package import DeployModel

extension PluginDesk {
  /// Downloads the plugins in the lock, in exactly the recorded versions.
  /// - Returns: the plugins that this machine did not have.
  package func fetch() throws(Problems) -> [LockedPlugin] {
    var brought: [LockedPlugin] = []
    for plugin in try lock().plugins where !isHere(plugin) {
      do throws(Problem) {
        let tree = try sources.tree(of: plugin.source, PluginOffer(version: plugin.version, commit: plugin.commit))
        let digest = shelf.digest(of: tree)
        guard digest == plugin.sha256 else {
          throw Problem(
            "plugin \(plugin.name) \(plugin.version) from \(plugin.source) is not what deploy.lock recorded: its digest is "
              + "\(digest.short), and \(plugin.sha256.short) was recorded",
            fix: "ask who changed it there; lander plugin update \(plugin.name) takes what there is now")
        }
        try shelf.keep(tree, as: digest)
      } catch { throw Problems(error, exit: .refused) }
      brought.append(plugin)
    }
    return brought
  }

  private func isHere(_ plugin: LockedPlugin) -> Bool {
    do throws(Problem) {
      if let tree = try shelf.vendored(plugin.name) { return shelf.digest(of: tree) == plugin.sha256 }
      guard let tree = try shelf.copy(plugin.sha256) else { return false }
      return shelf.digest(of: tree) == plugin.sha256
    } catch { return false }
  }

  /// Copies the plugins in the lock into the project, so that the project does not depend on their sources. Returns these plugins.
  package func vendor() throws(Problems) -> [LockedPlugin] {
    let plugins = try lock().plugins
    guard !plugins.isEmpty else { throw Problems(Problem("deploy.lock has no plugin", fix: "lander plugin add SOURCE adds one")) }
    _ = try fetch()
    for plugin in plugins {
      do throws(Problem) {
        let trees = [try shelf.vendored(plugin.name), try shelf.copy(plugin.sha256)].compactMap { $0 }
        if let whole = trees.first(where: { shelf.digest(of: $0) == plugin.sha256 }) { try shelf.vendor(whole, as: plugin.name) }
      } catch { throw Problems(error, exit: .infrastructure) }
    }
    return plugins
  }

  /// Removes a plugin that somebody added, and the plugins that were required only because of it.
  package func remove(_ name: String) throws(Problems) -> [PluginChange] {
    let before = try lock()
    _ = try locked(name, in: before)
    let others = before.plugins.filter { plugin in plugin.dependencies.contains { $0.name == name } }.map(\.name)
    guard others.isEmpty else {
      throw Problems(Problem("plugin \(name) is required by \(others.joined(separator: ", "))", fix: "remove those first"), exit: .refused)
    }
    var left = before.plugins.filter { $0.name != name }
    while let index = left.firstIndex(where: { plugin in
      plugin.wanted == nil && !left.contains { other in other.dependencies.contains { $0.name == plugin.name } }
    }) { left.remove(at: index) }
    let lock = PluginLock(left)
    do throws(Problem) {
      try shelf.write(lock)
      for gone in before.names where lock[gone] == nil { try shelf.removeVendored(gone) }
    } catch { throw Problems(error, exit: .infrastructure) }
    return PluginChange.all(from: before, to: lock)
  }
}
