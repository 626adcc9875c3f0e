package import DeployModel

/// Selects hosts of a group. A host is selected if its name matches one of the names, which can contain `*`, and if it meets all conditions
/// on tags.
package struct HostFilter: Sendable, Hashable {
  private struct Condition: Sendable, Hashable {
    var tag: String
    /// The values, one of which has to match. `*` in a value matches any characters.
    var values: [String]
  }

  private var names: [String] = []
  private var conditions: [Condition] = []

  /// - Parameter words: names of hosts, and conditions `tag=value` or `tag=value,value`. An empty list selects every host.
  package init(_ words: [String]) {
    for word in words {
      guard let sign = word.firstIndex(of: "=") else {
        names.append(word)
        continue
      }
      let values = word[word.index(after: sign)...].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      conditions.append(Condition(tag: String(word[..<sign]), values: values))
    }
  }

  package func takes(_ host: Host) -> Bool {
    (names.isEmpty || names.contains { Self.means($0, host) }) && conditions.allSatisfy { Self.holds($0, of: host) }
  }

  private static func means(_ word: String, _ host: Host) -> Bool { host.isCalled { Selection.matches($0, word) } }

  private static func holds(_ condition: Condition, of host: Host) -> Bool {
    guard let value = word(of: host.tags[condition.tag]) else { return false }
    return condition.values.contains { Selection.matches(value, $0) }
  }

  /// Returns a tag's value as people type it, or nil if the host has no such tag or the tag's value is not a simple value.
  private static func word(of value: Value?) -> String? {
    switch value {
    case .text(let text): text
    case .int(let number): "\(number)"
    case .number(let number): "\(number)"
    case .bool(let bool): "\(bool)"
    default: nil
    }
  }

  /// Returns a problem, with the most similar name, for each word that matches no host of the group. The list is empty if every word
  /// matches a host and at least one host is selected.
  package func problems(_ hosts: [Host], of group: String) -> [Problem] {
    let unknown = names.filter { name in !hosts.contains { Self.means(name, $0) } }.map { name in
      Problem(
        "no host of \(GroupName(group).noun) is called \"\(name)\"", subject: "--only", fix: NearMatch.hint(name, among: hosts.map(\.name)))
    }
    let missed = conditions.compactMap { problem($0, hosts, of: group) }
    if !unknown.isEmpty || !missed.isEmpty || hosts.contains(where: takes) || hosts.isEmpty { return unknown + missed }
    return [Problem("no host of \(GroupName(group).noun) has all of that", subject: "--where", fix: "`lander hosts` shows each host")]
  }

  private func problem(_ condition: Condition, _ hosts: [Host], of group: String) -> Problem? {
    if hosts.isEmpty || hosts.contains(where: { Self.holds(condition, of: $0) }) { return nil }
    let values = hosts.compactMap { Self.word(of: $0.tags[condition.tag]) }
    if values.isEmpty {
      let tags = hosts.flatMap { $0.tags.members.map(\.name) }
      return Problem(
        "no host of \(GroupName(group).noun) has a tag \"\(condition.tag)\"", subject: "--where",
        fix: tags.isEmpty
          ? "give hosts tags: host \"web1\" { tags = { role = \"web\" } }" : NearMatch.hint(condition.tag, among: distinct(tags)))
    }
    let wanted = condition.values.joined(separator: ",")
    return Problem(
      "no host of \(GroupName(group).noun) has \(condition.tag)=\(wanted)", subject: "--where",
      fix: NearMatch.hint(wanted, among: distinct(values)))
  }

  private func distinct(_ words: [String]) -> [String] {
    words.reduce(into: []) { known, word in if !known.contains(where: { $0.isExactly(word) }) { known.append(word) } }
  }
}
