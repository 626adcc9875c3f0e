import ArgumentParser
import DeployModel

/// The project's folder and its state folder. Every command has these options.
struct ProjectOptions: ParsableArguments {
  @Option(
    name: [.customShort("C"), .long],
    help: ArgumentHelp(
      "The project's folder. Default: the nearest folder with a deploy.lua, searched upwards from the current folder.",
      valueName: "dir"))
  var project: String?

  @Option(
    help: ArgumentHelp(
      "The folder for the journal, the bundles and the output of commands. Default: .lander beside deploy.lua.",
      valueName: "dir"))
  var state: String?

  /// The folder that holds `deploy.lua`.
  /// - Throws: `Problems` if there is none. They list the folders in which lander searched.
  func folder() throws(Problems) -> String {
    if let project {
      let folder = Folder.absolute(project)
      guard Folder.isDirectory(folder) else {
        throw Problems(Folder.missing(folder, subject: "--project"))
      }
      guard Folder.exists(folder + "/deploy.lua") else { throw missing(from: folder) }
      return folder
    }
    var folder = Folder.current
    while true {
      if Folder.exists(folder + "/deploy.lua") { return folder }
      if folder == "/" { throw missing(from: Folder.current) }
      folder = Folder.parent(of: folder)
    }
  }

  /// The project's folder. If there is no `deploy.lua` yet, the folder in which `lander init` would write one.
  var folderOrHere: String { (try? folder()) ?? Folder.absolute(project ?? ".") }

  /// The state folder, which does not have to exist.
  func stateFolder() -> String { state.map { Folder.absolute($0) } ?? folderOrHere + "/.lander" }

  /// Returns the state folder, for commands that only read. Returns nil if it does not exist because nothing was ever deployed from here.
  /// - Throws: `Problems` if `--state` names a folder that does not exist, or if neither a state folder nor a project exists.
  func existingStateFolder() throws(Problems) -> String? {
    let path = stateFolder()
    if Folder.exists(path) { return path }
    if Folder.isDeadLink(path) { throw Problems(Folder.deadLink(path)) }
    guard state != nil else {
      _ = try folder()
      return nil
    }
    throw Problems(
      Problem("there is no state folder \(path)", subject: "--state", fix: "without --state it is .lander beside deploy.lua"))
  }

  private func missing(from folder: String) -> Problems {
    let file = folder + "/deploy.lua"
    if Folder.isDeadLink(file) { return Problems(Folder.deadLink(file)) }
    let upwards = project == nil ? " nor in any folder above" : ""
    return Problems(
      Problem(
        "there is no deploy.lua in \(folder)\(upwards)",
        fix:
          "lander init writes one for the project here; -C DIR names another folder; for a bundle with an appspec file, deploy, plan, "
          + "status and rollback take --appspec DIR --hosts web1,web2 instead"))
  }
}
