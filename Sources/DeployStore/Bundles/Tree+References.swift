import DeployModel

/// Finds what a project contains only as a reference: git submodules, and files in git LFS.
extension Tree {
  /// The paths of empty folders, in the order of the tree.
  var emptyFolders: [String] {
    var parents: Set<[UInt8]> = []
    for item in items {
      if let slash = item.path.utf8.lastIndex(of: UInt8(ascii: "/")) { parents.insert(Array(item.path.utf8[..<slash])) }
    }
    return items.filter { $0.kind == .directory && !parents.contains(Array($0.path.utf8)) }.map(\.path)
  }

  /// Warns about each submodule whose folder is empty because the submodule was not checked out.
  /// - Parameter modules: the text of `.gitmodules`.
  mutating func warnOfSubmodules(_ modules: String) {
    let empty = emptyFolders
    guard !empty.isEmpty else { return }
    for line in modules.fullLines {
      let sides = line.parts(at: "=", most: 1).map { $0.filter { $0 != "\t" }.drop { $0 == " " } }
      guard sides.count == 2, sides[0].prefix(while: { $0 != " " }) == "path", empty.contains(String(sides[1])) else { continue }
      warn(
        String(sides[1]), "is a git submodule that was not checked out: hosts get an empty folder",
        fix: "git submodule update --init, or leave it out with ignore")
    }
  }

  /// Refuses each git LFS pointer that is still in the tree, or warns about it.
  mutating func tellPointers() {
    for path in pointers where item(at: path) != nil {
      let message = "is a pointer of git LFS and not the file: hosts would get the pointer's text"
      let fix = "git lfs install and git lfs pull bring the file; or leave it out with ignore"
      if refusesPointers { refuse(path, message, fix: fix) } else { warn(path, message, fix: fix) }
    }
  }
}
