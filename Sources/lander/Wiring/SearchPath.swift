import DeployModel

/// Folders with a company's own plugins and recipes, which an update of Lander never changes. Each folder has `plugins/` and `recipes/`.
/// Plugins and recipes of the project take precedence over those in these folders, which take precedence over Lander's own.
enum SearchPath {
  /// Returns the folders in `LANDER_PATH`, which are separated by `:`, and then the user's folder and the machine's folders if they exist.
  /// - Throws: an error that lists everything wrong with the folders in `LANDER_PATH`.
  static func folders() throws(Problems) -> [String] {
    var (found, problems): ([String], [Problem]) = ([], [])
    for word in (Folder.variable("LANDER_PATH") ?? "").split(separator: ":").map(String.init) {
      if !word.hasPrefix("/") {
        problems.append(Problem("LANDER_PATH names \(word), which is not an absolute path", fix: "write the whole path"))
      } else if !Folder.isDirectory(word) {
        problems.append(Problem("LANDER_PATH names \(word), and there is no such folder", fix: "make it, or take it out of LANDER_PATH"))
      } else {
        found.append(word)
      }
    }
    let data = Folder.variable("XDG_DATA_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil }
    let users = data ?? Folder.variable("HOME").map { "\($0)/.local/share" }
    // The name differs from that of Lander's own installation folder.
    for usual in [users.map { "\($0)/lander-site" }, "/usr/local/share/lander-site", "/usr/share/lander-site"].compactMap({ $0 }) {
      if Folder.isDirectory(usual) { found.append(usual) }
    }
    problems += found.compactMap(doubt)
    guard problems.isEmpty else { throw Problems(problems) }
    return found
  }

  /// Returns why code in a folder cannot be trusted, or nil if it can.
  private static func doubt(_ folder: String) -> Problem? {
    for path in [folder, "\(folder)/plugins", "\(folder)/recipes"] {
      if let reason = OwnFile.doubt(path) { return reason }
    }
    return nil
  }
}
