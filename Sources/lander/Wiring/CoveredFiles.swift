import DeployLua
import DeployModel

/// The files of a project that its tests can cover: `deploy.lua`, its plugins and its recipes. Lander's own files do not count.
struct CoveredFiles {
  /// The project's folder, absolute.
  let folder: String
  /// Records which lines run, or nil if nothing records them.
  let coverage: Coverage?

  init(in folder: String, isWanted: Bool) {
    self.folder = folder
    coverage = isWanted ? Coverage() : nil
  }

  /// Returns every file with the lines that ran, in the order of the paths. If no test reads a file, none of its lines ran. Returns nil if
  /// nothing was recorded.
  /// - Throws: if a file cannot be read.
  func read() throws(Problem) -> [CoveredFile]? {
    guard let coverage else { return nil }
    let isPlugin = !Folder.exists(folder + "/deploy.lua") && Folder.exists(folder + "/plugin.lua")
    var files: [CoveredFile] = []
    for path in isPlugin ? below("") : ["deploy.lua"] + below("plugins/") + below("recipes/") {
      guard let text = try Folder.text(at: "\(folder)/\(path)", most: SourceFile.mostBytes) else { continue }
      // The folder of a plugin is read under the plugin's name, so that the recorded paths match.
      let name = isPlugin ? pluginPath(path) : path
      var file = coverage.covered(SourceFile(path: name, text: text))
      file.path = path
      files.append(file)
    }
    return files
  }

  private func pluginPath(_ path: String) -> String {
    let name = ((try? Folder.text(at: folder + "/plugin.lua")) ?? nil).flatMap { try? ManifestText.read($0, path: "plugin.lua").name }
    return "plugins/\(name ?? "")/\(path)"
  }

  /// Returns the Lua files in a folder, without tests and manifests. Links to folders are not followed.
  private func below(_ prefix: String) -> [String] {
    Folder.names(in: "\(folder)/\(prefix)").flatMap { name -> [String] in
      let path = prefix + name
      let whole = "\(folder)/\(path)"
      if Folder.isDirectory(whole) {
        let isLeftOut = name.hasPrefix(".") || name == "spec" || name == "vendor" || Folder.real(whole) != Folder.real(folder) + "/" + path
        return isLeftOut ? [] : below(path + "/")
      }
      return name.hasSuffix(".lua") && name != "plugin.lua" && !SpecPrelude.isSpec(name) && !name.hasSuffix(".d.lua") ? [path] : []
    }
  }
}
