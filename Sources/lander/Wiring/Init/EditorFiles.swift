import DeployModel

/// The files that tell Lua language servers about the words of `deploy.lua`: a description of every word, and settings with the path of
/// that description.
struct EditorFiles {
  /// The folder of a project or a plugin, absolute.
  let folder: String

  /// The path of the description in that folder. It begins with a dot, so neither bundles nor plugins include it.
  static let stub = ".luals/lander.lua"
  static let settings = ".luarc.json"

  /// Writes the description again. Existing settings belong to the user and are not changed.
  /// - Throws: `Problem` if writing fails.
  func write() throws {
    guard Folder.isDirectory(folder) else { throw Problems(Problem("there is no folder \(folder)", fix: "name the project's folder")) }
    try Folder.writeNew(LanguagePages.stub().map { $0 + "\n" }.joined(), to: "\(folder)/\(Self.stub)")
    let path = "\(folder)/\(Self.settings)"
    if !Folder.exists(path) { try Folder.write(Self.text, to: path) }
  }

  /// The settings. They turn off parts of Lua that recipes cannot use, and make `require` find files in the same way as Lander.
  private static let text = """
    {
      "runtime.version": "Lua 5.4",
      "runtime.builtin": { "bit": "disable", "bit32": "disable", "debug": "disable", "ffi": "disable", "io": "disable",
        "jit": "disable", "os": "disable", "package": "disable" },
      "runtime.path": ["plugins/?/init.lua", "?.lua"],
      "workspace.library": [".luals"],
      "workspace.checkThirdParty": false
    }

    """
}
