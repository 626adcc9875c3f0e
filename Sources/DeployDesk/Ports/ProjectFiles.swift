import DeployModel

/// The files around a project that a request names: whether they exist, and their neighbours.
package protocol ProjectFiles: Sendable {
  /// The folder that paths of the command line are relative to.
  var current: String { get }
  /// What `~` stands for; nil: unknown.
  var home: String? { get }
  func exists(_ path: String) -> Bool
  /// Names in a folder, in order; empty if there is no such folder.
  func names(in path: String) -> [String]
}

extension ProjectFiles {
  /// An absolute path from one that may be relative to a folder (nil: the current one); `.` and `..` are resolved.
  package func absolute(_ path: String, in folder: String? = nil) -> String {
    let expanded = path == "~" || path.hasPrefix("~/") ? (home ?? "~") + path.dropFirst() : path
    let whole = expanded.isAbsolutePath ? expanded : (folder ?? current) + "/" + expanded
    var parts: [Substring] = []
    for part in whole.pathParts where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }

  package func parent(of path: String) -> String { absolute(path + "/..") }
  package func name(of path: String) -> String { absolute(path).pathParts.last.map(String.init) ?? "/" }
}
