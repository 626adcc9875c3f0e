import DeployLua
import DeployModel

/// Finds the files with tests: those that were given, or all tests of a project.
struct SpecFiles {
  /// The project's folder, absolute.
  let folder: String

  /// - Parameters:
  ///   - words: files and folders, as typed. If the list is empty, the folders `spec/` of the project, its recipes and its plugins are
  ///     used.
  ///   - mayBeNone: whether a project without a test is accepted.
  /// - Returns: the files, in order. Their paths are relative to the project's folder.
  /// - Throws: a problem for each word for which there is no test, or a problem if there is no test at all.
  func read(_ words: [String], mayBeNone: Bool = false) throws(Problems) -> [SourceFile] {
    var (paths, problems): ([String], [Problem]) = ([], [])
    for word in words {
      let path = Folder.absolute(word)
      if Folder.isDirectory(path) {
        let found = specs(below: path)
        if found.isEmpty { problems.append(Problem("there is no spec in \(word): their names end in _spec.lua")) }
        paths += found
      } else if !Folder.exists(path) {
        problems.append(Problem("there is no file or folder \(word)"))
      } else if SpecPrelude.isSpec(path) {
        paths.append(path)
      } else {
        problems.append(Problem("\(word) is no spec: their names end in _spec.lua"))
      }
    }
    if words.isEmpty {
      let plugins = Folder.names(in: folder + "/plugins").map { "/plugins/\($0)/spec" }
      paths = (["/spec", "/recipes/spec"] + plugins).flatMap { specs(below: folder + $0) }
    }
    if words.isEmpty, paths.isEmpty, !mayBeNone {
      problems.append(
        Problem("there is no test in \(folder)", fix: "write spec/deploy_spec.lua; docs/test-a-recipe.md shows how"))
    }
    guard problems.isEmpty else { throw Problems(problems) }
    do { return try paths.map(source) } catch { throw Problems(error) }
  }

  /// Returns the tests below a folder. Links to folders are followed. But each folder is read only once, because a link can lead back to a
  /// folder above it.
  private func specs(below path: String) -> [String] {
    var seen: Set<ExactText> = []
    func below(_ path: String) -> [String] {
      guard seen.insert(ExactText(Folder.real(path))).inserted else { return [] }
      return Folder.names(in: path).flatMap { name -> [String] in
        let path = "\(path)/\(name)"
        if SpecPrelude.isSpec(name), !Folder.isDirectory(path) { return [path] }
        return Folder.isDirectory(path) && !name.hasPrefix(".") ? below(path) : []
      }
    }
    return below(path)
  }

  private func source(_ path: String) throws(Problem) -> SourceFile {
    let name = path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : path
    return SourceFile(path: name, text: try Folder.text(at: path) ?? "")
  }
}
