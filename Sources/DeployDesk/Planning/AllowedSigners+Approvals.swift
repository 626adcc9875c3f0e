import DeployCore
import DeployModel

extension AllowedSigners {
  /// Returns problems for approvals that can never get all of their signatures.
  /// - Parameters:
  ///   - entries: the entries of a rehearsal.
  ///   - now: the current time. Keys that are not valid now do not count.
  func problems(in entries: [Entry], at now: Timestamp) -> [Problem] {
    var problems: [Problem] = []
    for case .noted(.gateOpened(_, let gate)) in entries.lazy.map(\.fact) {
      let names = gate.from ?? []
      var found = names.filter { keys(of: $0, now).isEmpty }.map { unknown($0, gate) }
      let signers = signers(among: names, now)
      if found.isEmpty, let count = gate.count, signers.count < count {
        found = [
          Problem(
            "approval \"\(gate.name)\" asks for \(count) signatures, and its keys sign as \(signers.joined(separator: " and ")) only: a "
              + "key counts once, as the first name that it may sign for",
            place: gate.place, subject: SignedApproval.signers, fix: "give each of \(names.joined(separator: ", ")) a key of their own")
        ]
      }
      problems += found.filter { !problems.contains($0) }
    }
    return problems
  }

  /// Returns the names that can sign with different keys. A key that is allowed to sign for several names counts only for the first of
  /// them.
  private func signers(among names: [String], _ now: Timestamp) -> [String] {
    var (keys, signers): ([String], [String]) = ([], [])
    for name in names {
      let own = self.keys(of: name, now).filter { key in !keys.contains { $0.isExactly(key) } }
      if !own.isEmpty { signers.append(name) }
      keys += own
    }
    return signers
  }

  private func unknown(_ name: String, _ gate: Gate) -> Problem {
    let what =
      isThere
      ? "no line of \(SignedApproval.signers) lets a key of that name sign approvals now"
      : "there is no file \(SignedApproval.signers) beside deploy.lua"
    let near = NearMatch.of(name, among: lines.flatMap(\.patterns).filter { !$0.hasPrefix("!") }).map { "; did you mean \"\($0)\"?" } ?? ""
    return Problem(
      "approval \"\(gate.name)\" asks for \"\(name)\", and \(what)", place: gate.place, subject: name,
      fix: "add a line there: \(name) ssh-ed25519 AAAA…\(near)")
  }

  /// Returns the keys that are allowed to sign for a name now.
  private func keys(of name: String, _ now: Timestamp) -> [String] {
    lines.filter { line in
      guard line.holds(at: now) else { return false }
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
