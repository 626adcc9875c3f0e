/// The shared paths of a recipe, in clean form. No path equals another path or lies inside another path.
package struct SharedPaths: Sendable {
  /// The paths, in the order in which the recipe lists them.
  package private(set) var list: [WrittenPath] = []
  /// The entries that were refused, as the recipe states them, each with its problem.
  package private(set) var problems: [(entry: String, problem: Problem)] = []
  /// The largest number of shared paths. Each path is a link in every release.
  package static let most = 1000

  package init(_ written: [String]) {
    if written.count > Self.most {
      problems = [
        ("", Problem("\(written.count) shared paths are too many, and \(Self.most) are the most", fix: "share a folder above them"))
      ]
      return
    }
    for entry in written {
      do throws(Problem) {
        let path = try WrittenPath(entry, as: .inside)
        if let other = list.first(where: { $0.holds(path) || path.holds($0) }) { throw Self.clash(path, other) }
        list.append(path)
      } catch { problems.append((entry, error)) }
    }
  }

  private static func clash(_ path: WrittenPath, _ other: WrittenPath) -> Problem {
    guard path.holds(other), other.holds(path) else {
      let (inner, outer) = other.holds(path) ? (path, other) : (other, path)
      return Problem("\"\(inner.text)\" lies in \"\(outer.text)\", which is shared too", fix: "share the outer one only")
    }
    guard path.isFolder == other.isFolder else {
      return Problem("\"\(path.name)\" is shared as a folder and as a file", fix: "keep one: a folder ends in /")
    }
    return Problem("\"\(path.text)\" is listed twice", fix: "list it once")
  }
}
