import DeployModel

/// Looks up the files that a request mentions: whether they exist, and which names are in a folder.
package protocol ProjectFiles: Sendable {
  /// The current folder. Paths on the command line are relative to it.
  var current: String { get }
  /// The folder that `~` stands for, or nil if unknown.
  var home: String? { get }
  func exists(_ path: String) -> Bool
  /// Returns the names in a folder, sorted. The list is empty if there is no such folder.
  func names(in path: String) -> [String]
}

extension ProjectFiles {
  /// Returns an absolute path without `.` and `..`. A relative path starts at `folder`, or at the current folder if `folder` is nil.
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
