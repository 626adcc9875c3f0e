import DeployLua
import DeployModel

/// A plugin in a folder of its own, without a project around it.
struct LonePlugin {
  let manifest: PluginManifest
  /// Warnings about things in its files that are probably not intended, with paths relative to the plugin.
  let warnings: [Problem]
  let plugins: [RequiredPlugin]

  /// Returns the folder if it contains a plugin and there is no project in it or above it; otherwise nil.
  static func folder(_ options: ProjectOptions) -> String? {
    if (try? options.folder()) != nil { return nil }
    let folder = options.folderOrHere
    return Folder.exists("\(folder)/plugin.lua") && !Folder.isDeadLink("\(folder)/deploy.lua") ? folder : nil
  }

  /// Reads the plugin in the same way as a project that requires it.
  /// - Returns: nil if there is no such plugin.
  /// - Throws: an error that lists everything wrong with its manifest and its files.
  init?(_ options: ProjectOptions) throws {
    guard let folder = Self.folder(options), let text = try Folder.text(at: "\(folder)/plugin.lua") else { return nil }
    let manifest = try ManifestText.read(text, path: "plugin.lua")
    self.manifest = manifest
    let sources = try ProjectSources(folder, state: options.stateFolder())
    let main = SourceFile(path: "deploy.lua", text: "require \"\(manifest.name)\"")
    do {
      let read = try LuaProject.load(
        main: main, origins: sources.origins, names: { Wiring.requirable(from: folder) }, read: sources.read)
      plugins = read.plugins
      warnings = read.project.warnings.map { Self.inside($0, of: manifest.name) }
    } catch { throw Problems(error.list.map { Self.inside($0, of: manifest.name) }, exit: error.exit) }
  }

  /// Returns a problem with paths relative to the plugin's own folder. Lines of the generated project, which only requires the plugin, are
  /// left out.
  private static func inside(_ problem: Problem, of name: String) -> Problem {
    var problem = problem
    let folder = "plugins/\(name)/"
    problem.message = problem.message.replacing(folder, with: "")
    problem.fix = problem.fix?.replacing(folder, with: "")
    if let place = problem.place {
      problem.place = place.file == "deploy.lua" ? nil : SourcePlace(file: place.file.replacing(folder, with: ""), line: place.line)
    }
    return problem
  }

  /// - Throws: if the folder contains only a plugin, the reason why a lab cannot run there.
  static func refuseLab(_ options: ProjectOptions) throws(Problem) {
    guard let folder = folder(options) else { return }
    throw Problem(
      "a lab deploys the recipes of a deploy.lua, and \(folder) only has a plugin",
      fix: "lander test runs the plugin's own tests; for a lab, write a project that requires it: lander init, lander plugin add "
        + "\(folder.shellWord), and a spec with lab(\"…\", function(lab) … end), then lander test --lab")
  }
}
