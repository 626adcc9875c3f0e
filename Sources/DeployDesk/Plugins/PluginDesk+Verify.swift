package import DeployModel

/// A plugin in the lock, with the result of its verification.
package struct VerifiedPlugin: Sendable {
  package var plugin: LockedPlugin
  package var isVendored: Bool
  /// The plugin's files if they match the lock, or nil if they must not be read.
  package var tree: PluginTree?
  /// The plugin's signer, or nil if no signer is known and none is required.
  package var signer: String?
  /// Why the plugin cannot be used, or nil if it can be used.
  package var problem: Problem?
}

extension PluginDesk {
  /// Verifies every plugin in the lock without downloading anything.
  /// - Throws: an error that says what is wrong with the lock itself.
  package func verify() throws(Problems) -> [VerifiedPlugin] { try lock().plugins.map(verified) }

  /// Verifies and returns all plugins in the lock.
  /// - Throws: an error that lists all plugins that cannot be used, each with the reason.
  package func whole() throws(Problems) -> [VerifiedPlugin] {
    let all = try verify()
    let problems = all.compactMap(\.problem)
    guard problems.isEmpty else { throw Problems(problems, exit: .refused) }
    return all
  }

  private func verified(_ plugin: LockedPlugin) -> VerifiedPlugin {
    var isVendored = false
    do throws(Problem) {
      if shelf.hasOwn(plugin.name) {
        throw Problem(
          "plugin \(plugin.name) is in deploy.lock and in plugins/\(plugin.name)", fix: "remove one: lander plugin remove \(plugin.name)")
      }
      var found = try shelf.vendored(plugin.name)
      isVendored = found != nil
      if found == nil { found = try shelf.copy(plugin.sha256) }
      guard let tree = found else {
        throw Problem(
          "plugin \(plugin.name) \(plugin.version) is in deploy.lock and not on this machine",
          fix: "lander plugin fetch brings it from \(plugin.source); lander plugin vendor keeps it with the project")
      }
      try compare(tree, plugin, isVendored)
      let signer = try shelf.signer(of: tree, plugin)
      if let recorded = plugin.signer, let signer, !signer.isExactly(recorded) {
        throw Problem(
          "plugin \(plugin.name) \(plugin.version) is signed by \(signer), and deploy.lock recorded \(recorded)",
          fix: "ask both; lander plugin update \(plugin.name) --accept records who signs it now")
      }
      return VerifiedPlugin(plugin: plugin, isVendored: isVendored, tree: tree, signer: signer)
    } catch { return VerifiedPlugin(plugin: plugin, isVendored: isVendored, problem: error) }
  }

  private func compare(_ tree: PluginTree, _ plugin: LockedPlugin, _ isVendored: Bool) throws(Problem) {
    guard shelf.digest(of: tree) == plugin.sha256 else {
      let place = isVendored ? "vendor/lander/\(plugin.name)" : "the copy on this machine"
      throw Problem(
        "plugin \(plugin.name) is altered: \(place) is not what deploy.lock recorded",
        fix: isVendored
          ? "git checkout vendor/lander/\(plugin.name) deploy.lock, or lander plugin vendor once the folder is removed"
          : "lander plugin fetch brings it again")
    }
    let manifest: PluginManifest
    do { manifest = try shelf.manifest(tree.text("plugin.lua") ?? "") } catch {
      throw Problem("plugin \(plugin.name) has a broken plugin.lua: \(error.list.first?.message ?? "")", fix: "take another version of it")
    }
    guard manifest.name == plugin.name, manifest.version == plugin.version else {
      throw Problem("deploy.lock has \(plugin.name) \(plugin.version), and its plugin.lua says \(manifest.name) \(manifest.version)")
    }
    let more = (manifest.capabilities ?? []).filter { !plugin.capabilities.contains($0) }
    guard more.isEmpty else {
      throw Problem(
        "plugin \(plugin.name) asks for more than deploy.lock recorded:\n" + more.map { "+ \($0)" }.joined(separator: "\n"),
        fix: "look at what it does with that, then lander plugin update \(plugin.name) --accept")
    }
  }
}
