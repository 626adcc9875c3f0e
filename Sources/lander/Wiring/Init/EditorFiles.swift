import DeployModel

/// What Lua language servers need to know the words of `deploy.lua`: a description of every word, and where it lies.
struct EditorFiles {
  /// The project's folder or a plugin's, absolute.
  let folder: String

  /// From that folder. It begins with a dot: neither bundles nor plugins take it along.
  static let stub = ".luals/lander.lua"
  static let settings = ".luarc.json"

  /// Writes the description anew, and the settings unless there are some: those are the user's.
  /// - Throws: `Problem` if that fails.
  func write() throws {
    guard Folder.isDirectory(folder) else { throw Problems(Problem("there is no folder \(folder)", fix: "name the project's folder")) }
    try Folder.writeNew(LanguagePages.stub().map { $0 + "\n" }.joined(), to: "\(folder)/\(Self.stub)")
    let path = "\(folder)/\(Self.settings)"
    if !Folder.exists(path) { try Folder.write(Self.text, to: path) }
  }

  /// What is not in reach of recipes is off, and `require` is found as Lander finds it.
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
