import DeployCore
import DeployDesk
import DeployHosts
import DeployModel
import Glibc

/// The command that opens a shell on a host of a project.
struct ConsoleWords {
  let host: String
  let folder: String
  let argv: [String]

  /// - Throws: `Problems` if there is no such host, or if several recipes have it with different paths.
  init(_ name: String, recipe: String?, group: String?, in project: Project) throws {
    var selections = try project.selections(recipe: recipe, group: group)
    // If `--group` is not given, the hosts of every group can be chosen.
    if group == nil { for one in project.groups { selections += (try? project.selections(recipe: recipe, group: one.name)) ?? [] } }
    let all = selections.flatMap { one in one.hosts.map { (host: $0, path: $0.place(one.recipe.placement.path), recipe: one.recipe.name) } }
    let found = all.filter { $0.host.name.isExactly(name) }
    guard let first = found.first else {
      throw Problems(Problem("there is no host \"\(name)\"", fix: NearMatch.hint(name, among: all.map(\.host.name))))
    }
    let others = found.filter { !$0.path.isExactly(first.path) }
    if let other = others.first {
      throw Problems(
        Problem(
          "recipes \"\(first.recipe)\" and \"\(other.recipe)\" have \(name) at different paths", subject: name,
          fix: "say which: lander console \(name) --recipe \(first.recipe)"))
    }
    host = name
    folder = first.path + "/current"
    argv = try Hosts.console(of: first.host, in: folder, or: first.path)
  }

  /// Replaces this command's process with the shell.
  /// - Throws: `Problems` if there is no terminal, or if the program does not exist.
  func take() throws(Problems) -> Never {
    guard isatty(0) == 1 else {
      throw Problems(
        Problem(
          "a shell needs a terminal, but standard input is not one", fix: "lander exec GROUP --only \(host) -- COMMAND runs one command"),
        exit: .refused)
    }
    var words: [UnsafeMutablePointer<CChar>?] = argv.map { word in strdup(word) }
    words.append(nil)
    execvp(argv[0], words)
    throw Problems(Problem("\(argv[0]) could not be started: \(String(cString: strerror(errno)))"), exit: .infrastructure)
  }

  /// The command as a person would type it.
  var typed: String { argv.map(\.shellWord).joined(separator: " ") }
}
