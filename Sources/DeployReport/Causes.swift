import DeployModel

/// The causes why hosts failed, each once and with its hosts. The cause that affects the most hosts comes first.
struct Causes {
  private struct Group {
    /// The message that the group's first host reported.
    var message: String
    /// The message with a placeholder for the host's own name. Hosts with the same key are one group.
    var key: String
    var hosts: [String]
  }
  private var groups: [Group] = []

  init(of story: DeploymentStory) {
    for host in story.hosts {
      guard let error = host.status.error, story.cancelled == nil || error.failure.kind != .cancelled else { continue }
      let message = error.line(on: host.name)
      // Equal messages count as one cause, even if they contain the host's name. Different messages count as one cause if only the host's
      // name differs.
      if let index = groups.firstIndex(where: { $0.message == message }) {
        groups[index].hosts.append(host.name)
        continue
      }
      let key = message.replacing(word: host.name, with: "\u{0}")
      if key != message, let index = groups.firstIndex(where: { $0.key == key }) {
        groups[index].hosts.append(host.name)
      } else {
        groups.append(Group(message: message, key: key, hosts: [host.name]))
      }
    }
    groups.sort { $0.hosts.count > $1.hosts.count }
  }

  /// A table of causes. It is empty if only one host failed, because then the first failure says everything.
  var lines: [String] {
    guard groups.count > 1 || groups.first.map({ $0.hosts.count > 1 }) ?? false else { return [] }
    var lines = ["", "  Causes"]
    for group in groups.prefix(8) {
      let more = group.hosts.count > 6 ? " … (\(group.hosts.count.grouped))" : ""
      lines.append("    \(group.hosts.count.of("host")): \(group.message)")
      lines.append("      " + group.hosts.prefix(6).joined(separator: " ") + more)
    }
    if groups.count > 8 { lines.append("    and \((groups.count - 8).of("other cause"))") }
    return lines
  }
}

extension String {
  /// Replaces each occurrence of a word, but not inside a longer word, because a host might be called `a`.
  package func replacing(word: String, with other: String) -> String {
    func continues(_ character: Character?) -> Bool {
      character.map { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" } ?? false
    }
    var result = ""
    var rest = self[...]
    while let hit = rest.firstRange(of: word), !hit.isEmpty {
      let before = rest[..<hit.lowerBound].last ?? result.last
      let whole = !continues(before) && !continues(rest[hit.upperBound...].first)
      result += rest[..<hit.lowerBound] + (whole ? other : word)
      rest = rest[hit.upperBound...]
    }
    return result + rest
  }
}
