/// A section of an appspec file that is a list of maps.
enum SpecSection {
  /// Returns the entries of a list. Null, false and an empty map count as an empty list. A string in the list counts as an entry without
  /// keys. Anything else that is not a list of maps is a problem.
  static func entries(of node: SpecNode?, named name: String, problems: inout [SpecProblem]) -> [SpecNode] {
    guard let node, node.isTruthy else { return [] }
    switch node.content {
    case .list(let list):
      return list.filter { entry in
        if case .map = entry.content { return true }
        if entry.text != nil { return true }
        problems.append(SpecProblem(.structure, "an entry of \(name) is \(entry.named) where a map belongs", line: entry.line))
        return false
      }
    case .map(let members) where members.isEmpty:
      return []
    default:
      problems.append(
        SpecProblem(
          .structure, "\(name) is \(node.named) where a list belongs", line: node.line, fix: "put \"- \" before each entry of \(name)"))
      return []
    }
  }
}

extension SpecNode {
  /// The text without white space around it. It is empty for null, and for a node that is not a scalar.
  var stripped: String {
    guard let scalar else { return "" }
    return String(scalar.printed.trimmingSpace)
  }
}

extension StringProtocol {
  /// The text without any blanks, tabs, line breaks and NULs at both ends.
  var trimmingSpace: SubSequence {
    // Nearly all strings begin and end with a plain ASCII character, so this case is checked first.
    let letters: ClosedRange<Unicode.Scalar> = "!"..."~"
    if let first = unicodeScalars.first, let last = unicodeScalars.last, letters.contains(first), letters.contains(last) {
      return self[...]
    }
    let isSpace: (Character) -> Bool = { $0.isWhitespace || $0 == "\0" }
    guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) }) else {
      return self[startIndex..<startIndex]
    }
    return self[first...last]
  }
}
