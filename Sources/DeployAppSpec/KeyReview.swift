/// Looks for keys that nothing reads.
struct KeyReview {
  private(set) var findings: [Finding] = []

  init(_ root: SpecNode) {
    look(root, known: ["version", "os", "files", "hooks", "permissions", "file_exists_behavior"], in: "the file")
    for entry in Self.entries(root["files"]) { look(entry, known: ["source", "destination"], in: "files") }
    for entry in Self.entries(root["permissions"]) {
      look(entry, known: ["object", "pattern", "except", "owner", "group", "mode", "acls", "context", "type"], in: "permissions")
      if let context = entry["context"] { look(context, known: ["type", "name", "range"], in: "context") }
    }
    for event in root["hooks"]?.members ?? [] {
      for entry in Self.entries(event.value) { look(entry, known: ["location", "timeout", "runas", "sudo"], in: "hooks") }
    }
  }

  private static func entries(_ node: SpecNode?) -> [SpecNode] { if case .list(let list)? = node?.content { list } else { [] } }

  private mutating func look(_ node: SpecNode, known: [String], in section: String) {
    for member in node.members {
      let key = member.key.scalar?.printed ?? member.key.named
      guard !known.contains(key) else { continue }
      if key == "overwrite", section == "files" || section == "the file" {
        findings.append(
          Finding(
            "overwrite", "overwrite is no key of a Linux appspec file: a file that exists still fails the deployment",
            line: member.key.line,
            better: "file_exists_behavior: OVERWRITE, at the top of the file"))
      } else {
        findings.append(
          Finding(
            "unknown-key", "nothing reads the key \(key) of \(section)", line: member.key.line,
            better: Nearness.nearest(to: key, among: known).map { "did you mean \($0)?" } ?? "the keys are \(known.joined(separator: ", "))"
          ))
      }
    }
  }
}

/// How far apart two words are.
enum Nearness {
  /// The candidate with the fewest edits from `word`, if that is at most a third of its length; capital letters cost nothing.
  static func nearest(to word: String, among candidates: [String]) -> String? {
    let scored = candidates.map { ($0, distance(word.lowercased(), $0.lowercased())) }
    guard let best = scored.min(by: { $0.1 < $1.1 }), best.1 <= max(1, word.count / 3) else { return nil }
    return best.0
  }

  private static func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a.utf8.prefix(100))
    let b = Array(b.utf8.prefix(100))
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var corner = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let cost = min(row[j] + 1, row[j + 1] + 1, corner + (x == y ? 0 : 1))
        corner = row[j + 1]
        row[j + 1] = cost
      }
    }
    return row[b.count]
  }
}
