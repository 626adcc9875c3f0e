package import DeployModel

extension PluginDesk {
  /// Adds a plugin and all plugins that it requires, or changes the version or source of a plugin in the lock.
  /// - Parameters:
  ///   - accepts: whether the plugin is allowed to ask for more capabilities than before, to come from another source, or to have another
  ///     signer.
  /// - Throws: an error that says why the plugin cannot be added. In this case, nothing has been written.
  package func add(_ source: String, _ range: VersionRange, accepts: Bool = false) throws(Problems) -> [PluginChange] {
    let before = try lock()
    var root = try pick(source, [(range, "asked for")])
    root.locked.wanted = range
    return try change(before, with: root, accepts: accepts)
  }

  /// Updates plugins to the newest versions in the requested ranges.
  /// - Parameter names: the names of the plugins. If empty, all plugins that a person added are updated.
  package func update(_ names: [String], accepts: Bool = false) throws(Problems) -> [PluginChange] {
    let before = try lock()
    guard !before.plugins.isEmpty else { throw Problems(Problem("deploy.lock has no plugin", fix: "lander plugin add SOURCE adds one")) }
    var lock = before
    var found: [FoundPlugin] = []
    for name in names.isEmpty ? before.plugins.filter({ $0.wanted != nil }).map(\.name) : names {
      let old = try locked(name, in: lock)
      var root = try pick(old.source, ranges(on: name, in: lock), name: name)
      root.locked.wanted = old.wanted
      let reached = try reach(root, from: lock)
      found += reached.found
      lock = reached.lock
    }
    try refuseMore(from: before, to: lock, accepts: accepts)
    try commit(found, lock)
    return PluginChange.all(from: before, to: lock)
  }

  private func change(_ before: PluginLock, with root: FoundPlugin, accepts: Bool) throws(Problems) -> [PluginChange] {
    let reached = try reach(root, from: before)
    try refuseMore(from: before, to: reached.lock, accepts: accepts)
    try commit(reached.found, reached.lock)
    return PluginChange.all(from: before, to: reached.lock)
  }

  /// Returns the version ranges for a plugin: those that other plugins ask for, and the range from the person who added the plugin.
  private func ranges(on name: String, in lock: PluginLock) -> [(range: VersionRange, of: String)] {
    let own = lock[name]?.wanted.map { [($0, "asked for")] } ?? []
    return own + lock.plugins.flatMap { plugin in plugin.dependencies.filter { $0.name == name }.map { ($0.range, plugin.name) } }
  }

  /// Refuses a version that asks for more capabilities than the previous version, comes from another source, or has another signer. If
  /// `accepts` is true, nothing is refused.
  private func refuseMore(from before: PluginLock, to after: PluginLock, accepts: Bool) throws(Problems) {
    guard !accepts else { return }
    let moved = after.plugins.compactMap { plugin -> Problem? in
      guard let old = before[plugin.name], !old.source.isExactly(plugin.source) else { return nil }
      return Problem(
        "\(plugin.name) is there from \(old.source), and this one comes from \(plugin.source)",
        fix: "what deploy.lua allows \(plugin.name) would hold for it; --accept takes it, if the source has moved")
    }
    let problems =
      moved + Self.signedOtherwise(before, after)
      + PluginChange.all(from: before, to: after).filter { !$0.more.isEmpty }.compactMap { change -> Problem? in
        guard let old = change.before, let new = change.after else { return nil }
        let more = change.more.map { "+ \($0)" }.joined(separator: "\n")
        return Problem(
          "\(change.name) \(new) asks for more than \(old):\n\(more)",
          fix: "look at what it does with that; --accept takes it, and allow \"\(change.name)\" in deploy.lua grants it")
      }
    guard problems.isEmpty else { throw Problems(problems, exit: .refused) }
  }

  /// Returns a problem for each plugin whose signer has changed or is no longer known to this machine.
  private static func signedOtherwise(_ before: PluginLock, _ after: PluginLock) -> [Problem] {
    after.plugins.compactMap { plugin in
      guard let recorded = before[plugin.name]?.signer, plugin.signer?.isExactly(recorded) != true else { return nil }
      let now = plugin.signer.map { "signed by \($0)" } ?? "not signed by anybody whom this machine's policy knows"
      return Problem(
        "\(plugin.name) \(plugin.version) is \(now), and deploy.lock recorded \(recorded)", fix: "ask \(recorded); --accept takes it")
    }
  }

  /// Returns the lock, completed with a plugin and everything that the plugin requires, and a list of these plugins.
  private func reach(_ root: FoundPlugin, from before: PluginLock) throws(Problems) -> (lock: PluginLock, found: [FoundPlugin]) {
    var (lock, found, queue) = (before, [FoundPlugin](), [root])
    while let next = queue.popLast() {
      guard found.count < Self.mostPlugins else { throw Problems(Problem("\(root.locked.name) requires over \(Self.mostPlugins) plugins")) }
      if shelf.hasOwn(next.locked.name) {
        throw Problems(
          Problem(
            "the project has a plugin \(next.locked.name) of its own, in plugins/\(next.locked.name)",
            fix: "remove that folder or rename it: one project has one plugin of a name"), exit: .refused)
      }
      var locked = next.locked
      // Unchanged files keep their recorded signer, even if this machine has no policy that names signers.
      if let old = before[locked.name], old.sha256 == locked.sha256 { locked.signer = locked.signer ?? old.signer }
      lock = PluginLock(lock.plugins.filter { $0.name != locked.name } + [locked])
      found.append(next)
      for dependency in next.manifest.dependencies {
        if let more = try required(dependency, by: next.locked, in: lock) { queue.append(more) }
      }
    }
    if let problem = lock.problems.first ?? Self.circle(in: lock) { throw Problems(problem, exit: .refused) }
    return (lock, found)
  }

  /// Returns a required plugin that has to be added, or nil if the lock already has a version of it within the range.
  private func required(
    _ dependency: PluginManifest.Dependency, by plugin: LockedPlugin, in lock: PluginLock
  ) throws(Problems) -> FoundPlugin? {
    if let other = lock[dependency.name] {
      if dependency.range.holds(other.version) { return nil }
      var found = try pick(other.source, ranges(on: other.name, in: lock), name: other.name)
      found.locked.wanted = other.wanted
      return found
    }
    if let source = dependency.source {
      return try pick(source, ranges(on: dependency.name, in: lock), name: dependency.name)
    }
    guard let shipped = shelf.shipped(dependency.name) else {
      throw Problems(
        Problem(
          "plugin \(plugin.name) requires \(dependency.name) \(dependency.range), and its plugin.lua does not say where that is",
          fix: "add it first: lander plugin add SOURCE"), exit: .refused)
    }
    guard dependency.range.holds(shipped.version) else {
      throw Problems(
        Problem("plugin \(plugin.name) requires \(dependency.name) \(dependency.range), and this lander has \(shipped.version)"),
        exit: .refused)
    }
    let lacking = (shipped.capabilities ?? []).filter { !plugin.capabilities.contains($0) }
    guard lacking.isEmpty else {
      let borrowed = "which comes with lander and does what \(lacking.joined(separator: ", ")) is for"
      throw Problems(
        Problem(
          "plugin \(plugin.name) requires \(dependency.name), \(borrowed)",
          fix: "a version of \(plugin.name) that asks for it can be granted it: capabilities in its plugin.lua"), exit: .refused)
    }
    return nil
  }

  /// Returns a problem if plugins require each other in a circle, or nil if they do not.
  private static func circle(in lock: PluginLock) -> Problem? {
    func way(_ name: String, _ above: [String]) -> [String]? {
      if let index = above.firstIndex(of: name) { return above[index...] + [name] }
      guard above.count <= mostPlugins else { return nil }
      return lock[name]?.dependencies.lazy.compactMap { way($0.name, above + [name]) }.first
    }
    return lock.names.lazy.compactMap { way($0, []) }.first.map { names in
      Problem("plugins require each other in a circle: \(names.joined(separator: " → "))", fix: "one of them has to do without the other")
    }
  }
}
