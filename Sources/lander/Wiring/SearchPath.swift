import DeployModel

/// Where plugins and recipes of a company lie: folders that an update of Lander never touches. Each has `plugins/` and `recipes/`. A
/// project's own come before them, those of Lander after them.
enum SearchPath {
  /// What `LANDER_PATH` names, folders with `:` between; then the user's and the machine's, if they are there.
  /// - Throws: everything that is wrong with what was named.
  static func folders() throws(Problems) -> [String] {
    var (found, problems): ([String], [Problem]) = ([], [])
    for word in (Folder.variable("LANDER_PATH") ?? "").split(separator: ":").map(String.init) {
      if !word.hasPrefix("/") {
        problems.append(Problem("LANDER_PATH names \(word), which is no absolute path", fix: "write the whole path"))
      } else if !Folder.isDirectory(word) {
        problems.append(Problem("LANDER_PATH names \(word), and there is no such folder", fix: "make it, or take it out of LANDER_PATH"))
      } else {
        found.append(word)
      }
    }
    let data = Folder.variable("XDG_DATA_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil }
    let users = data ?? Folder.variable("HOME").map { "\($0)/.local/share" }
    // Another name than that of the folder in which Lander itself is installed.
    for usual in [users.map { "\($0)/lander-site" }, "/usr/local/share/lander-site", "/usr/share/lander-site"].compactMap({ $0 }) {
      if Folder.isDirectory(usual) { found.append(usual) }
    }
    problems += found.compactMap(doubt)
    guard problems.isEmpty else { throw Problems(problems) }
    return found
  }

  /// Why code in a folder is not to be relied upon.
  private static func doubt(_ folder: String) -> Problem? {
    for path in [folder, "\(folder)/plugins", "\(folder)/recipes"] {
      if let reason = OwnFile.doubt(path) { return reason }
    }
    return nil
  }
}
