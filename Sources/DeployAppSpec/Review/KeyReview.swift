import DeployModel

/// Finds keys of an appspec file that nothing reads.
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
            better: NearMatch.of(key, among: known).map { "did you mean \($0)?" } ?? "the keys are \(known.joined(separator: ", "))"
          ))
      }
    }
  }
}
