import DeployDesk
import DeployLua
import DeployModel

/// Reads files of a project by their paths, and the plugins in its `deploy.lock`. Each plugin is checked before it is read.
struct ProjectSources {
  let origins: PluginOrigins
  let read: @Sendable (String) throws(Problem) -> String?

  /// - Throws: an error that says what is wrong with `deploy.lock`.
  init(_ folder: String, state: String) throws(Problems) {
    let plain = try Wiring.reader(of: folder)
    let text: String?
    do { text = try Folder.text(at: "\(folder)/\(PluginLock.file)") } catch { throw Problems(error) }
    guard let text else {
      let own = Self.own(in: folder)
      origins = .none
      read = { path throws(Problem) in try plain(own.flatMap { Self.inside(path, of: $0) } ?? path) }
      return
    }
    let shelf = ProjectPlugins(folder: folder, state: state)
    let verified = try PluginDesk(sources: PluginRepositories(folder: folder), shelf: shelf).verify()
    let trees = Dictionary(verified.compactMap { one in one.tree.map { (one.plugin.name, $0) } }) { first, _ in first }
    let problems = Dictionary(verified.compactMap { one in one.problem.map { (one.plugin.name, $0) } }) { first, _ in first }
    do { origins = try PluginOrigins(lock: text) { problems[$0] } } catch { throw Problems(error) }
    let names = Set(verified.map(\.plugin.name))
    read = { path throws(Problem) in
      let parts = path.parts(at: "/", most: 2, keepingEmpty: true).map(String.init)
      guard parts.count == 3, parts[0] == "plugins", names.contains(parts[1]) else { return try plain(path) }
      return trees[parts[1]]?.text(parts[2])
    }
  }

  /// Returns the plugin's name if the folder is a plugin rather than a project; otherwise nil. The plugin's tests require it by this name.
  private static func own(in folder: String) -> String? {
    guard !Folder.exists("\(folder)/deploy.lua"), let text = (try? Folder.text(at: "\(folder)/plugin.lua")).flatMap({ $0 }) else {
      return nil
    }
    return try? ManifestText.read(text, path: "plugin.lua").name
  }

  private static func inside(_ path: String, of plugin: String) -> String? {
    path.hasPrefix("plugins/\(plugin)/") ? String(path.dropFirst("plugins/\(plugin)/".count)) : nil
  }
}
