import DeployCore
import DeployModel

extension AllowedSigners {
  /// Approvals that can never have all of their signatures.
  /// - Parameter entries: the entries of a rehearsal.
  func problems(in entries: [Entry]) -> [Problem] {
    var problems: [Problem] = []
    for case .noted(.gateOpened(_, let gate)) in entries.lazy.map(\.fact) {
      let names = gate.from ?? []
      var found = names.filter { keys(of: $0).isEmpty }.map { unknown($0, gate) }
      let all = names.flatMap { keys(of: $0) }
      let distinct = all.indices.count { index in !all[..<index].contains { $0.isExactly(all[index]) } }
      if found.isEmpty, let count = gate.count, distinct < count {
        found = [
          Problem(
            "approval \"\(gate.name)\" asks for \(count) signatures, and its names have \(distinct.of("key")); a key counts once",
            place: gate.place, subject: SignedApproval.signers, fix: "give each of \(names.joined(separator: ", ")) a key of their own")
        ]
      }
      problems += found.filter { !problems.contains($0) }
    }
    return problems
  }

  private func unknown(_ name: String, _ gate: Gate) -> Problem {
    let what =
      isThere
      ? "no line of \(SignedApproval.signers) lets a key of that name sign approvals"
      : "there is no file \(SignedApproval.signers) beside deploy.lua"
    let near = NearMatch.of(name, among: lines.flatMap(\.patterns)).map { "; did you mean \"\($0)\"?" } ?? ""
    return Problem(
      "approval \"\(gate.name)\" asks for \"\(name)\", and \(what)", place: gate.place, subject: name,
      fix: "add a line there: \(name) ssh-ed25519 AAAA…\(near)")
  }

  /// The keys that may sign for a name.
  private func keys(of name: String) -> [String] {
    lines.filter { line in
      let isExcluded = line.patterns.contains { $0.hasPrefix("!") && Self.matches($0.dropFirst(), name) }
      return !isExcluded && line.patterns.contains { Self.matches($0[...], name) }
    }.map(\.key)
  }

  private static func matches(_ pattern: Substring, _ name: String) -> Bool {
    let (pattern, name) = (Array(pattern.utf8), Array(name.utf8))
    let isStar = { (part: Int) in pattern[part] == UInt8(ascii: "*") }
    return Glob.matches(pattern: pattern.count, name: name.count, isStar: isStar) { part, element in
      pattern[part] == name[element] || pattern[part] == UInt8(ascii: "?") ? part + 1 : nil
    }
  }
}
