import DeployModel

/// Looks up files that a request names: whether they exist, and which names are beside them.
package protocol ProjectFiles: Sendable {
  /// The current folder, to which paths on the command line are relative.
  var current: String { get }
  /// The folder that `~` means, or nil if unknown.
  var home: String? { get }
  func exists(_ path: String) -> Bool
  /// Returns the names in a folder, sorted, or empty if there is no such folder.
  func names(in path: String) -> [String]
}

extension ProjectFiles {
  /// Returns an absolute path without `.` and `..`. A relative path is relative to `folder`; nil: to the current folder.
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
