import DeployDesk
import DeployLua
import DeployModel

/// Checks the plugins to which a deployment is pinned against this machine's policy. They were checked when the deployment began, but that
/// might have been on another machine or under another policy. They run here when the deployment is resumed, when its hosts are rolled
/// back, and when a later deployment restores its release.
struct PinnedPlugins {
  let shelf: ProjectPlugins

  /// - Throws: a problem for each plugin that the policy does not allow. None of these plugins has run.
  func check(_ sources: [SourceFile]) throws(Problems) {
    guard let (policy, path) = try PolicyFile.read() else { return }
    let plugins = try LuaProject.plugins(in: sources)
    var problems = policy.problems(of: plugins, path: path)
    if policy.demandsSignatures, let text = sources.first(where: { $0.path.isExactly(PluginLock.file) })?.text {
      do throws(Problem) {
        let lock = try PluginOrigins.lock(text)
        for plugin in plugins where plugin.origin == .locked {
          do throws(Problem) { try verify(plugin.manifest.name, lock, sources) } catch { problems.append(error) }
        }
      } catch { problems.append(error) }
    }
    guard problems.isEmpty else { throw Problems(problems, exit: .refused) }
  }

  /// - Throws: if no signer that the policy allows has signed the plugin, or if the pinned files differ from the signed ones.
  private func verify(_ name: String, _ lock: PluginLock, _ sources: [SourceFile]) throws(Problem) {
    guard let locked = lock.plugins.first(where: { $0.name.isExactly(name) }) else { return }
    guard let tree = try tree(of: locked) else {
      throw Problem(
        "the deployment began with plugin \(name) \(locked.version), which is not on this machine, so lander cannot check who signed it",
        fix: "lander plugin add \(locked.source)@\(locked.version), or resume the deployment on the machine where it began")
    }
    _ = try shelf.signer(of: tree, locked)
    let folder = "plugins/\(name)/"
    for file in sources where file.path.hasPrefix(folder) && tree.text(String(file.path.dropFirst(folder.count))) != file.text {
      throw Problem(
        "\(file.path) is not the file of plugin \(name) \(locked.version), so lander does not trust the deployment's recipe",
        fix: "check the hosts that have the recipe, and who can write there")
    }
  }

  /// Returns this machine's copy of a plugin, or nil if there is none.
  private func tree(of plugin: LockedPlugin) throws(Problem) -> PluginTree? {
    if let tree = try shelf.copy(plugin.sha256) { return tree }
    guard let tree = try shelf.vendored(plugin.name), shelf.digest(of: tree) == plugin.sha256 else { return nil }
    return tree
  }
}
