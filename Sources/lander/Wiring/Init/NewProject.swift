import DeployModel

/// Writes the first `deploy.lua` of a project.
struct NewProject {
  /// The project's folder, absolute.
  let folder: String
  /// The application's name, or nil for the folder's name.
  let name: String?
  /// The kind of the project, or nil for the kind that its files suggest.
  let kind: ProjectKind?

  /// Writes `deploy.lua` and a first test, and makes git ignore the state folder.
  /// - Returns: the kind of the project, and whether `.gitignore` was changed.
  /// - Throws: if the folder does not exist, or already has a `deploy.lua`.
  func write() throws -> (kind: ProjectKind, ignored: Bool) {
    guard Folder.isDirectory(folder) else { throw Problems(Problem("there is no folder \(folder)")) }
    guard !Folder.exists(folder + "/deploy.lua") else {
      throw Problems(Problem("\(folder)/deploy.lua is there already", fix: "lander check reads it; remove it to begin again"))
    }
    let kind = kind ?? ProjectKind.found(in: folder)
    let template = DeployFile(application: DeployFile.safeName(name ?? Folder.name(of: folder)), kind: kind, folder: folder)
    try Folder.write(template.text, to: folder + "/deploy.lua")
    let spec = folder + "/spec/deploy_spec.lua"
    if !Folder.exists(spec) { try Folder.writeNew(SpecFile(application: template.application).text, to: spec) }
    try EditorFiles(folder: folder).write()
    return (kind, try ignoreState())
  }

  /// Adds `.lander/` to `.gitignore`, unless a line there already covers it.
  /// - Returns: whether the line was added.
  private func ignoreState() throws(Problem) -> Bool {
    let path = folder + "/.gitignore"
    let text = try Folder.text(at: path) ?? ""
    let lines = text.fullLines.map { $0.drop { $0 == " " } }
    if lines.contains(where: { [".lander", ".lander/", "/.lander", "/.lander/"].contains($0) }) {
      return false
    }
    try Folder.write(
      text + (text.isEmpty || text.hasSuffix("\n") ? "" : "\n") + ".lander/\n", to: path)
    return true
  }
}
